/// Below all: how far a run is, and the buttons that run, insert and leave. Each keeps its place.
#ifndef PLUGIN_ACTIONS_H
#define PLUGIN_ACTIONS_H

#include "session.h"

/// `run`: becomes the button that runs, the window's default.
GtkWidget *actions_new(Session *session, GtkWidget **run);

#endif
