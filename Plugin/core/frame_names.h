/// What a layer's name says of it as a frame of an animation, as GIMP reads it: "Frame 2 (100ms) (replace)".
#ifndef PLUGIN_FRAME_NAMES_H
#define PLUGIN_FRAME_NAMES_H

#include <glib.h>

/// Whether it says that the layer is a frame at all: how long it is seen, or over what.
gboolean frame_name_tells(const char *name);

/// Whether the frame is seen alone; else over what was seen before.
gboolean frame_name_replaces(const char *name);

/// What the same frame is called where it is seen alone.
char *frame_name_alone(const char *name);

#endif
