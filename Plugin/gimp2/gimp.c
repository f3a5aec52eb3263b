#include "gimp.h"

void gimp_layer_free(gpointer data) {
    HostLayer *layer = data;
    g_free(layer->name);
    g_free(layer);
}

HostLayer *gimp_layer_of(Gimp *gimp, gint32 id) {
    for (guint i = 0; i < gimp->known->len; i++) {
        HostLayer *layer = g_ptr_array_index(gimp->known, i);
        if (layer->id == id)
            return layer;
    }
    HostLayer *layer = g_new0(HostLayer, 1);
    layer->id = id;
    g_ptr_array_add(gimp->known, layer);
    return layer;
}
