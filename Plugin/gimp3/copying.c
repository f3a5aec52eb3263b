#include "copying.h"

#include "buffers.h"
#include "seen.h"

// The part of a drawable that begins at (x, y), into all of another one.
static void copy_pixels(GimpDrawable *from, int x, int y, GimpDrawable *to) {
    int width = gimp_drawable_get_width(to), height = gimp_drawable_get_height(to);
    GeglBuffer *source = gimp_drawable_get_buffer(from), *target = gimp_drawable_get_buffer(to);
    gegl_buffer_copy(source, GEGL_RECTANGLE(x, y, width, height), GEGL_ABYSS_NONE, target,
                     GEGL_RECTANGLE(0, 0, width, height));
    g_object_unref(source);
    g_object_unref(target);
    gimp_drawable_update(to, 0, 0, width, height);
}

static void copy_mask(GimpLayer *source, GimpLayer *layer) {
    GimpLayerMask *mask = gimp_layer_get_mask(source);
    if (!mask)
        return;
    GimpLayerMask *copy = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);
    gimp_layer_add_mask(layer, copy);
    copy_pixels(GIMP_DRAWABLE(mask), 0, 0, GIMP_DRAWABLE(copy));
    gimp_layer_set_apply_mask(layer, gimp_layer_get_apply_mask(source));
    gimp_layer_set_edit_mask(layer, FALSE);
}

// A plain layer of what is seen of another one: pixels in place of a group, a text, a link, or of filters.
static GimpLayer *flat_copy(GimpLayer *source) {
    GimpDrawable *drawable = GIMP_DRAWABLE(source);
    GimpLayer *layer = gimp_layer_new(gimp_item_get_image(GIMP_ITEM(source)), "", gimp_drawable_get_width(drawable),
                                      gimp_drawable_get_height(drawable), gimp_drawable_type_with_alpha(drawable),
                                      gimp_layer_get_opacity(source), gimp_layer_get_mode(source));
    if (!layer)
        return NULL;
    gimp_layer_set_blend_space(layer, gimp_layer_get_blend_space(source));
    gimp_layer_set_composite_space(layer, gimp_layer_get_composite_space(source));
    gimp_layer_set_composite_mode(layer, gimp_layer_get_composite_mode(source));
    int x, y;
    gimp_drawable_get_offsets(drawable, &x, &y);
    gimp_layer_set_offsets(layer, x, y);
    Seen seen = seen_open(source);
    copy_pixels(seen.drawable, seen.x, seen.y, GIMP_DRAWABLE(layer));
    seen_close(&seen);
    copy_mask(source, layer);
    return layer;
}

GimpLayer *copying_layer(GimpLayer *source) {
    // Layers of pixels have no type of their own.
    gboolean is_plain = G_OBJECT_TYPE(source) == GIMP_TYPE_LAYER && !seen_is_filtered(source);
    GimpLayer *layer = is_plain ? gimp_layer_copy(source) : flat_copy(source);
    if (!layer)
        return NULL;
    gimp_item_set_lock_content(GIMP_ITEM(layer), FALSE);
    gimp_item_set_lock_position(GIMP_ITEM(layer), FALSE);
    gimp_layer_set_lock_alpha(layer, FALSE);
    return layer;
}
