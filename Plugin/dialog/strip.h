/// The results so far, small, to choose from.
#ifndef PLUGIN_STRIP_H
#define PLUGIN_STRIP_H

#include "session.h"

GtkWidget *strip_new(Session *session);

#endif
