/// What to do next, in a sentence whose room is always that of the longest.
#ifndef PLUGIN_HINT_H
#define PLUGIN_HINT_H

#include "session.h"

GtkWidget *hint_new(Session *session);

#endif
