/// Over the picture: that an object is being found, where that takes its time.
#ifndef PLUGIN_WAITING_H
#define PLUGIN_WAITING_H

#include "session.h"

/// The canvas with what is told over it.
GtkWidget *waiting_over(Session *session, GtkWidget *canvas);

#endif
