/// The panel at the side: all that is said of the edit in words and numbers.
#ifndef PLUGIN_PANEL_H
#define PLUGIN_PANEL_H

#include "session.h"

GtkWidget *panel_new(Session *session);

#endif
