/// GIMP 2.10 as a host: images and layers by its own numbers.
#ifndef PLUGIN_GIMP_H
#define PLUGIN_GIMP_H

#include "host.h"

struct HostLayer {
    gint32 id;
    char *name;
};

typedef struct Gimp {
    /// First: a Host is a Gimp.
    Host host;
    gint32 image;
    /// The layer under edit; where a result of ours is active, the layer that it was made from.
    gint32 layer;
    /// The layer that a new one goes above: the active one.
    gint32 top;
    /// Of the layer on the image.
    int offset_x;
    int offset_y;
    /// Results of ours that lie on the layer up to the top and are seen, from below: numbers of layers.
    GArray *results;
    /// Where they cover the layer; NULL without results.
    Mask *covered;
    /// Of HostLayer: all that were asked for.
    GPtrArray *known;
    /// Images opened for the dialog alone.
    GArray *images;
} Gimp;

/// A layer's own struct.
HostLayer *gimp_layer_of(Gimp *gimp, gint32 id);
void gimp_layer_free(gpointer layer);

#endif
