/// Where the object goes, in numbers; of arrows, their removal.
#ifndef PLUGIN_PLACING_H
#define PLUGIN_PLACING_H

#include "session.h"

/// NULL where the mode has nothing to place.
GtkWidget *placing_new(Session *session);

#endif
