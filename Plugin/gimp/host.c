// Images, layers, files and last values of GIMP 2.10.
#include "host.h"

#include <string.h>
#include <libgimp/gimp.h>
#include "words.h"

gboolean host_open(Host *host, gint32 image, gint32 drawable, GError **error) {
    if (!gimp_image_is_valid(image) || !gimp_item_is_valid(drawable)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("There is no such image or layer."));
        return FALSE;
    }
    gint32 layer = gimp_item_is_layer_mask(drawable) ? gimp_layer_from_mask(drawable) : drawable;
    if (!gimp_item_is_layer(layer) || gimp_item_get_image(layer) != image) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("Choose a layer of the image: channels cannot be edited."));
        return FALSE;
    }
    if (gimp_layer_is_floating_sel(layer)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("Anchor the floating selection first."));
        return FALSE;
    }
    *host = (Host){.image = image, .layer = layer};
    gimp_drawable_offsets(layer, &host->offset_x, &host->offset_y);
    return TRUE;
}

// --- Reference layers ------------------------------------------------------------------------------------------------

static void free_layer(gpointer data) {
    HostLayer *layer = data;
    g_free(layer->name);
    g_free(layer);
}

// An image of one layer needs no more than its own name.
static char *name_of(gint32 image, gint32 id, gboolean is_only) {
    char *image_name = gimp_image_get_name(image), *layer_name = gimp_item_get_name(id);
    char *name = is_only ? g_strdup(image_name) : g_strdup_printf("%s – %s", image_name, layer_name);
    g_free(image_name);
    g_free(layer_name);
    return name;
}

static void append_layers(const Host *host, gint32 image, const gint *ids, gint count, gboolean is_only,
                          GPtrArray *layers) {
    for (gint i = 0; i < count; i++) {
        if (ids[i] != host->layer) {
            HostLayer *layer = g_new0(HostLayer, 1);
            layer->id = ids[i];
            layer->name = name_of(image, ids[i], is_only);
            g_ptr_array_add(layers, layer);
        }
        if (gimp_item_is_group(ids[i])) {
            gint inner = 0;
            gint *children = gimp_item_get_children(ids[i], &inner);
            append_layers(host, image, children, inner, FALSE, layers);
            g_free(children);
        }
    }
}

void host_append_layers(const Host *host, gint32 image, GPtrArray *layers) {
    gint count = 0;
    gint *ids = gimp_image_get_layers(image, &count);
    append_layers(host, image, ids, count, count == 1, layers);
    g_free(ids);
}

GPtrArray *host_layers(const Host *host) {
    GPtrArray *layers = g_ptr_array_new_with_free_func(free_layer);
    gint count = 0;
    gint *images = gimp_image_list(&count);
    for (gint i = 0; i < count; i++)
        host_append_layers(host, images[i], layers);
    g_free(images);
    return layers;
}

gint32 host_open_file(const char *path, GError **error) {
    // The words are ours to show; GIMP would open a window of its own.
    gimp_plugin_set_pdb_error_handler(GIMP_PDB_ERROR_HANDLER_PLUGIN);
    gint32 image = gimp_file_load(GIMP_RUN_NONINTERACTIVE, path, path);
    if (image == -1)
        g_set_error_literal(error, WORDS_ERROR, 0, gimp_get_pdb_error());
    gimp_plugin_set_pdb_error_handler(GIMP_PDB_ERROR_HANDLER_INTERNAL);
    return image;
}

// --- Last values -----------------------------------------------------------------------------------------------------

static char *data_key(const Edit *edit, const char *what) {
    return g_strdup_printf("plug-in-dragon-%s%s", edit_mode_key(edit->mode), what);
}

void host_remember(const Edit *edit, gint32 reference) {
    char *key = data_key(edit, ""), *reference_key = data_key(edit, "-reference"), *text = edit_to_text(edit);
    gimp_set_data(key, text, strlen(text) + 1);
    gimp_set_data(reference_key, &reference, sizeof reference);
    g_free(key);
    g_free(reference_key);
    g_free(text);
}

void host_recall(Edit *edit) {
    char *key = data_key(edit, "");
    gint size = gimp_get_data_size(key);
    if (size > 0) {
        char *text = g_malloc0(size + 1);
        gimp_get_data(key, text);
        edit_set_text(edit, text, NULL);
        g_free(text);
    }
    g_free(key);
}

gint32 host_last_reference(const Edit *edit) {
    gint32 reference = -1;
    char *key = data_key(edit, "-reference");
    if (gimp_get_data_size(key) == sizeof reference)
        gimp_get_data(key, &reference);
    g_free(key);
    return reference != -1 && gimp_item_is_valid(reference) ? reference : -1;
}
