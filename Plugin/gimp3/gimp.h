/// GIMP 3 as a host: images and layers are objects of libgimp's, which lives as long as the call.
#ifndef PLUGIN_GIMP_H
#define PLUGIN_GIMP_H

#include <libgimp/gimp.h>
#include "host.h"

struct HostLayer {
    GimpLayer *layer;
    char *name;
};

typedef struct Gimp {
    /// First: a Host is a Gimp.
    Host host;
    GimpImage *image;
    /// What the call came from; NULL without a display. The call keeps a closed image alive, but not its display.
    GimpDisplay *display;
    /// The layer under edit; where a result of ours is selected, the layer that it was made from.
    GimpLayer *layer;
    /// The layer that a new one goes above: the selected one.
    GimpLayer *top;
    /// Of the layer on the image.
    int offset_x;
    int offset_y;
    /// Results of ours that lie on the layer up to the top and are seen, from below: of GimpLayer.
    GPtrArray *results;
    /// Where they cover the layer; NULL without results.
    Mask *covered;
    /// Of HostLayer: all that were asked for.
    GPtrArray *known;
    /// Of GimpImage: opened for the dialog alone.
    GPtrArray *images;
    /// The call's values, in which GIMP keeps those of the last time.
    GimpProcedureConfig *config;
} Gimp;

/// A layer's own struct.
HostLayer *host_layer_of(Gimp *gimp, GimpLayer *layer);
void host_layer_free(gpointer layer);

/// Whether a layer was not deleted meanwhile, nor its image closed.
gboolean layer_is_open(GimpLayer *layer);

#endif
