/// Whether all frames of an animation are edited, and how far what is edited goes on from each to the next.
#ifndef PLUGIN_ANIMATING_H
#define PLUGIN_ANIMATING_H

#include "session.h"

/// NULL where the image is no animation.
GtkWidget *animating_new(Session *session);

#endif
