#include "gimp.h"

void host_layer_free(gpointer data) {
    HostLayer *layer = data;
    g_free(layer->name);
    g_free(layer);
}

HostLayer *host_layer_of(Gimp *gimp, GimpLayer *wanted) {
    for (guint i = 0; i < gimp->known->len; i++) {
        HostLayer *layer = g_ptr_array_index(gimp->known, i);
        if (layer->layer == wanted)
            return layer;
    }
    HostLayer *layer = g_new0(HostLayer, 1);
    layer->layer = wanted;
    g_ptr_array_add(gimp->known, layer);
    return layer;
}

gboolean layer_is_open(GimpLayer *layer) {
    return gimp_item_is_valid(GIMP_ITEM(layer));
}
