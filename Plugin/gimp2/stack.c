#include "stack.h"

#include <stdlib.h>
#include <libgimp/gimp.h>
#include "buffers.h"
#include "colours.h"

static const char PARASITE[] = "dragon-source";

void stack_mark(gint32 result, gint32 source) {
    // A tattoo stays with its layer in a saved image; its number does not.
    char *text = g_strdup_printf("%u", gimp_item_get_tattoo(source));
    GimpParasite *parasite =
        gimp_parasite_new(PARASITE, GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE, strlen(text) + 1, text);
    gimp_item_attach_parasite(result, parasite);
    gimp_parasite_free(parasite);
    g_free(text);
}

// The layer that the mark names, wherever it lies; −1 for none.
static gint32 marked_source(gint32 layer) {
    GimpParasite *parasite = gimp_item_get_parasite(layer, PARASITE);
    if (!parasite)
        return -1;
    char *text = g_strndup(gimp_parasite_data(parasite), gimp_parasite_data_size(parasite));
    gint32 source = gimp_image_get_layer_by_tattoo(gimp_item_get_image(layer), (guint)strtoul(text, NULL, 10));
    g_free(text);
    gimp_parasite_free(parasite);
    return source;
}

static int position_of(gint32 layer) {
    return gimp_image_get_item_position(gimp_item_get_image(layer), layer);
}

gint32 stack_source(gint32 layer) {
    gint32 source = marked_source(layer);
    gboolean lies_on_it = source != -1 && source != layer &&
                          gimp_item_get_parent(source) == gimp_item_get_parent(layer) &&
                          position_of(layer) < position_of(source);
    return lies_on_it ? source : layer;
}

// The layers of an image or a group, from the top.
static gint *siblings_of(gint32 layer, gint *count) {
    gint32 parent = gimp_item_get_parent(layer);
    return parent == -1 ? gimp_image_get_layers(gimp_item_get_image(layer), count)
                        : gimp_item_get_children(parent, count);
}

GArray *stack_results(gint32 source, gint32 top) {
    GArray *results = g_array_new(FALSE, FALSE, sizeof(gint32));
    gint count = 0;
    gint *siblings = siblings_of(source, &count);
    int last = MIN(count, position_of(source));
    for (int i = last - 1; top != source && i >= position_of(top); i--)
        if (marked_source(siblings[i]) == source && gimp_item_get_visible(siblings[i]))
            g_array_append_val(results, siblings[i]);
    g_free(siblings);
    return results;
}

// A layer with its own corner, as much of each pixel as its mask and opacity let through.
static Patch patch_of(gint32 layer, dragon_pixel_format format) {
    int x, y, width = gimp_drawable_width(layer), height = gimp_drawable_height(layer);
    gimp_drawable_offsets(layer, &x, &y);
    gsize count = (gsize)width * height;
    Patch patch = {{x, y, width, height}, picture_new(width, height, format), g_new(float, count)};
    colours_read(layer, patch.picture);
    gint32 mask = gimp_layer_get_apply_mask(layer) ? gimp_layer_get_mask(layer) : -1;
    if (mask != -1) {
        GeglBuffer *buffer = gimp_drawable_get_buffer(mask);
        buffers_read_share(buffer, width, height, patch.share);
        g_object_unref(buffer);
    }
    float opacity = (float)(gimp_layer_get_opacity(layer) / 100);
    for (gsize i = 0; i < count; i++)
        patch.share[i] = (mask == -1 ? 1 : patch.share[i]) * opacity;
    return patch;
}

void stack_lay_at(gint32 layer, int x, int y, Picture *picture, Mask *covered) {
    Patch patch = patch_of(layer, picture->format);
    patch.box.x -= x;
    patch.box.y -= y;
    patch_lay(&patch, picture, covered);
    patch_clear(&patch);
}

void stack_lay(gint32 result, gint32 source, Picture *picture, Mask *covered) {
    int x, y;
    gimp_drawable_offsets(source, &x, &y);
    stack_lay_at(result, x, y, picture, covered);
}
