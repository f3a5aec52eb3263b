/// What is switched on and off of an edit beside its numbers.
#ifndef PLUGIN_SWITCHES_H
#define PLUGIN_SWITCHES_H

#include "session.h"

/// NULL where the mode has none.
GtkWidget *switches_new(Session *session);

#endif
