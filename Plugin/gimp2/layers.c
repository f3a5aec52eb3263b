#include "layers.h"

#include <libgimp/gimp.h>
#include "words.h"

const char *layers_name(Host *host, HostLayer *layer) {
    (void)host;
    return layer->name ? layer->name : "";
}

// An image of one layer needs no more than its own name.
static char *name_of(gint32 image, gint32 id, gboolean is_only) {
    char *image_name = gimp_image_get_name(image), *layer_name = gimp_item_get_name(id);
    char *name = is_only ? g_strdup(image_name) : g_strdup_printf("%s – %s", image_name, layer_name);
    g_free(image_name);
    g_free(layer_name);
    return name;
}

static void append_layers(Gimp *gimp, gint32 image, const gint *ids, gint count, gboolean is_only, GPtrArray *layers) {
    for (gint i = 0; i < count; i++) {
        if (ids[i] != gimp->layer) {
            HostLayer *layer = gimp_layer_of(gimp, ids[i]);
            g_free(layer->name);
            layer->name = name_of(image, ids[i], is_only);
            g_ptr_array_add(layers, layer);
        }
        if (gimp_item_is_group(ids[i])) {
            gint inner = 0;
            gint *children = gimp_item_get_children(ids[i], &inner);
            append_layers(gimp, image, children, inner, FALSE, layers);
            g_free(children);
        }
    }
}

static void append_image(Gimp *gimp, gint32 image, GPtrArray *layers) {
    gint count = 0;
    gint *ids = gimp_image_get_layers(image, &count);
    append_layers(gimp, image, ids, count, count == 1, layers);
    g_free(ids);
}

GPtrArray *layers_list(Host *host) {
    GPtrArray *layers = g_ptr_array_new();
    gint count = 0;
    gint *images = gimp_image_list(&count);
    for (gint i = 0; i < count; i++)
        append_image((Gimp *)host, images[i], layers);
    g_free(images);
    return layers;
}

gboolean layers_open_file(Host *host, const char *path, GPtrArray *layers, GError **error) {
    Gimp *gimp = (Gimp *)host;
    // The words are ours to show; GIMP would open a window of its own.
    gimp_plugin_set_pdb_error_handler(GIMP_PDB_ERROR_HANDLER_PLUGIN);
    gint32 image = gimp_file_load(GIMP_RUN_NONINTERACTIVE, path, path);
    if (image == -1)
        g_set_error_literal(error, WORDS_ERROR, 0, gimp_get_pdb_error());
    gimp_plugin_set_pdb_error_handler(GIMP_PDB_ERROR_HANDLER_INTERNAL);
    // Else the status bar goes on to say that it opens.
    gimp_progress_end();
    if (image == -1)
        return FALSE;
    g_array_append_val(gimp->images, image);
    append_image(gimp, image, layers);
    return TRUE;
}
