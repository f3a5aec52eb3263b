#include "stack.h"

#include <stdlib.h>
#include <string.h>
#include "buffers.h"
#include "colours.h"
#include "seen.h"

static const char PARASITE[] = "dragon-source";

void stack_mark(GimpLayer *result, GimpLayer *source) {
    // A tattoo stays with its layer in a saved image; its number does not.
    char *text = g_strdup_printf("%u", gimp_item_get_tattoo(GIMP_ITEM(source)));
    GimpParasite *parasite =
        gimp_parasite_new(PARASITE, GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE, (guint32)strlen(text) + 1, text);
    gimp_item_attach_parasite(GIMP_ITEM(result), parasite);
    gimp_parasite_free(parasite);
    g_free(text);
}

// The layer that the mark names, wherever it lies; NULL for none.
static GimpLayer *marked_source(GimpLayer *layer) {
    GimpParasite *parasite = gimp_item_get_parasite(GIMP_ITEM(layer), PARASITE);
    if (!parasite)
        return NULL;
    guint32 size = 0;
    const char *data = gimp_parasite_get_data(parasite, &size);
    char *text = g_strndup(data, size);
    GimpImage *image = gimp_item_get_image(GIMP_ITEM(layer));
    GimpLayer *source = gimp_image_get_layer_by_tattoo(image, (guint)strtoul(text, NULL, 10));
    g_free(text);
    gimp_parasite_free(parasite);
    return source;
}

static int position_of(GimpLayer *layer) {
    return gimp_image_get_item_position(gimp_item_get_image(GIMP_ITEM(layer)), GIMP_ITEM(layer));
}

GimpLayer *stack_source(GimpLayer *layer) {
    GimpLayer *source = marked_source(layer);
    gboolean lies_on_it = source && source != layer &&
                          gimp_item_get_parent(GIMP_ITEM(source)) == gimp_item_get_parent(GIMP_ITEM(layer)) &&
                          position_of(layer) < position_of(source);
    return lies_on_it ? source : layer;
}

// The layers of an image or a group, from the top; ends with NULL.
static GimpItem **siblings_of(GimpLayer *layer) {
    GimpItem *parent = gimp_item_get_parent(GIMP_ITEM(layer));
    return parent ? gimp_item_get_children(parent)
                  : (GimpItem **)gimp_image_get_layers(gimp_item_get_image(GIMP_ITEM(layer)));
}

GPtrArray *stack_results(GimpLayer *source, GimpLayer *top) {
    GPtrArray *results = g_ptr_array_new();
    if (top == source)
        return results;
    GimpItem **siblings = siblings_of(source);
    for (int i = position_of(source) - 1; i >= position_of(top); i--)
        if (marked_source(GIMP_LAYER(siblings[i])) == source && gimp_item_get_visible(siblings[i]))
            g_ptr_array_add(results, siblings[i]);
    g_free(siblings);
    return results;
}

// A layer with its own corner, as much of each pixel as its mask and opacity let through.
static Patch patch_of(GimpLayer *layer, dragon_pixel_format format) {
    GimpDrawable *drawable = GIMP_DRAWABLE(layer);
    int x, y, width = gimp_drawable_get_width(drawable), height = gimp_drawable_get_height(drawable);
    gimp_drawable_get_offsets(drawable, &x, &y);
    gsize count = (gsize)width * (gsize)height;
    Patch patch = {{x, y, width, height}, picture_new(width, height, format), g_new(float, count)};
    Seen seen = seen_open(layer);
    colours_read(seen.drawable, seen.x, seen.y, patch.picture);
    seen_close(&seen);
    GimpLayerMask *mask = gimp_layer_get_apply_mask(layer) ? gimp_layer_get_mask(layer) : NULL;
    if (mask) {
        GeglBuffer *buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(mask));
        buffers_read_share(buffer, width, height, patch.share);
        g_object_unref(buffer);
    }
    float opacity = (float)(gimp_layer_get_opacity(layer) / 100);
    for (gsize i = 0; i < count; i++)
        patch.share[i] = (mask ? patch.share[i] : 1) * opacity;
    return patch;
}

void stack_lay_at(GimpLayer *layer, int x, int y, Picture *picture, Mask *covered) {
    Patch patch = patch_of(layer, picture->format);
    patch.box.x -= x;
    patch.box.y -= y;
    patch_lay(&patch, picture, covered);
    patch_clear(&patch);
}

void stack_lay(GimpLayer *result, GimpLayer *source, Picture *picture, Mask *covered) {
    int x, y;
    gimp_drawable_get_offsets(GIMP_DRAWABLE(source), &x, &y);
    stack_lay_at(result, x, y, picture, covered);
}
