#include "layers.h"

#include "words.h"

const char *layers_name(Host *host, HostLayer *layer) {
    (void)host;
    return layer->name ? layer->name : "";
}

// An image of one layer needs no more than its own name.
static char *name_of(GimpImage *image, GimpItem *item, gboolean is_only) {
    char *image_name = gimp_image_get_name(image), *layer_name = gimp_item_get_name(item);
    char *name = is_only ? g_strdup(image_name) : g_strdup_printf("%s – %s", image_name, layer_name);
    g_free(image_name);
    g_free(layer_name);
    return name;
}

// `items`: ends with NULL.
static void append_layers(Gimp *gimp, GimpImage *image, GimpItem **items, gboolean is_only, GPtrArray *layers) {
    for (guint i = 0; items && items[i]; i++) {
        if (GIMP_LAYER(items[i]) != gimp->layer) {
            HostLayer *layer = host_layer_of(gimp, GIMP_LAYER(items[i]));
            g_free(layer->name);
            layer->name = name_of(image, items[i], is_only);
            g_ptr_array_add(layers, layer);
        }
        if (gimp_item_is_group(items[i])) {
            GimpItem **children = gimp_item_get_children(items[i]);
            append_layers(gimp, image, children, FALSE, layers);
            g_free(children);
        }
    }
}

static void append_image(Gimp *gimp, GimpImage *image, GPtrArray *layers) {
    GimpItem **items = (GimpItem **)gimp_image_get_layers(image);
    append_layers(gimp, image, items, items && items[0] && !items[1], layers);
    g_free(items);
}

GPtrArray *layers_list(Host *host) {
    GPtrArray *layers = g_ptr_array_new();
    GimpImage **images = gimp_get_images();
    for (guint i = 0; images && images[i]; i++)
        append_image((Gimp *)host, images[i], layers);
    g_free(images);
    return layers;
}

gboolean layers_open_file(Host *host, const char *path, GPtrArray *layers, GError **error) {
    Gimp *gimp = (Gimp *)host;
    GFile *file = g_file_new_for_path(path);
    // The words are ours to show; GIMP would open a window of its own.
    gimp_plug_in_set_pdb_error_handler(gimp_get_plug_in(), GIMP_PDB_ERROR_HANDLER_PLUGIN);
    GimpImage *image = gimp_file_load(GIMP_RUN_NONINTERACTIVE, file);
    if (!image)
        g_set_error_literal(error, WORDS_ERROR, 0, gimp_pdb_get_last_error(gimp_get_pdb()));
    gimp_plug_in_set_pdb_error_handler(gimp_get_plug_in(), GIMP_PDB_ERROR_HANDLER_INTERNAL);
    // Else the status bar goes on to say that it opens.
    gimp_progress_end();
    g_object_unref(file);
    if (!image)
        return FALSE;
    g_ptr_array_add(gimp->images, image);
    append_image(gimp, image, layers);
    return TRUE;
}
