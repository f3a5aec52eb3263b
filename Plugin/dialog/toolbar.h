/// Above the canvas: what is drawn, what is looked at.
#ifndef PLUGIN_TOOLBAR_H
#define PLUGIN_TOOLBAR_H

#include "session.h"

GtkWidget *toolbar_new(Session *session);

#endif
