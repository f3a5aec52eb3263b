#include "stack.h"

#include <stdlib.h>
#include <libgimp/gimp.h>
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

// How much of each pixel of a layer's part its mask and opacity let through.
static float *share_of(gint32 layer, Box box) {
    gsize count = (gsize)box.width * box.height;
    float *share = g_new(float, count), opacity = (float)(gimp_layer_get_opacity(layer) / 100);
    gint32 mask = gimp_layer_get_apply_mask(layer) ? gimp_layer_get_mask(layer) : -1;
    if (mask != -1) {
        GeglBuffer *buffer = gimp_drawable_get_buffer(mask);
        gegl_buffer_get(buffer, GEGL_RECTANGLE(box.x, box.y, box.width, box.height), 1, babl_format("Y float"), share,
                        GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        g_object_unref(buffer);
    }
    for (gsize i = 0; i < count; i++)
        share[i] = (mask == -1 ? 1 : share[i]) * opacity;
    return share;
}

static void cover(Mask *covered, const float *share, Box box) {
    for (int y = 0; y < box.height; y++)
        for (int x = 0; x < box.width; x++)
            if (share[(gsize)y * box.width + x] > 0)
                covered->bytes[(gsize)(box.y + y) * covered->width + box.x + x] = 255;
}

void stack_lay(gint32 result, gint32 source, Picture *picture, Mask *covered) {
    int x, y, source_x, source_y;
    gimp_drawable_offsets(result, &x, &y);
    gimp_drawable_offsets(source, &source_x, &source_y);
    x -= source_x;
    y -= source_y;
    // What lies beside the layer is not of its picture.
    Box box = {MAX(x, 0), MAX(y, 0), 0, 0};
    box.width = MIN(x + gimp_drawable_width(result), picture->width) - box.x;
    box.height = MIN(y + gimp_drawable_height(result), picture->height) - box.y;
    if (box.width <= 0 || box.height <= 0)
        return;
    Box own = {box.x - x, box.y - y, box.width, box.height};
    Picture *whole = picture_new(gimp_drawable_width(result), gimp_drawable_height(result), picture->format);
    colours_read(result, whole);
    Picture *above = picture_part(whole, own), *below = picture_part(picture, box);
    float *share = share_of(result, own);
    picture_take_alpha(above, share);
    picture_mix(below, above, share);
    picture_put(picture, below, box.x, box.y);
    cover(covered, share, box);
    g_free(share);
    picture_free(above);
    picture_free(below);
    picture_free(whole);
}
