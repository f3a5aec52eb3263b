/// The picture, on which the edit is drawn.
#ifndef PLUGIN_CANVAS_H
#define PLUGIN_CANVAS_H

#include "session.h"

GtkWidget *canvas_new(Session *session);

#endif
