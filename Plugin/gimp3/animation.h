/// An image as an animation, and another one of what comes of it.
#ifndef PLUGIN_ANIMATION_H
#define PLUGIN_ANIMATION_H

#include "gimp.h"

/// As the host's functions on animations.
GPtrArray *animation_frames(Host *host, guint *active);
char *animation_name(Host *host, HostLayer *layer);
dragon_point animation_origin(Host *host);
Picture *animation_see(Host *host, HostLayer *layer, const Picture *before);
GPtrArray *animation_channels(Host *host);
HostLayer *animation_insert(Host *host, const Edit *edit, const GPtrArray *names, const GPtrArray *pictures,
                            guint active, GError **error);

#endif
