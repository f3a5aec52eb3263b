#include "seen.h"

gboolean seen_is_filtered(GimpLayer *layer) {
    GimpDrawableFilter **filters = gimp_drawable_get_filters(GIMP_DRAWABLE(layer));
    gboolean is_filtered = FALSE;
    for (guint i = 0; filters && filters[i]; i++)
        is_filtered = is_filtered || gimp_drawable_filter_get_visible(filters[i]);
    g_free(filters);
    return is_filtered;
}

GimpImage *seen_image_like(GimpImage *image) {
    GimpImageBaseType type = gimp_image_get_base_type(image);
    GimpImage *other =
        gimp_image_new_with_precision(gimp_image_get_width(image), gimp_image_get_height(image),
                                      type == GIMP_INDEXED ? GIMP_RGB : type, gimp_image_get_precision(image));
    gimp_image_undo_disable(other);
    GimpColorProfile *profile = gimp_image_get_color_profile(image);
    if (profile)
        gimp_image_set_color_profile(other, profile);
    g_clear_object(&profile);
    return other;
}

// Merges the filters of a layer that nobody needs into its pixels; its mask, mode and opacity are not of them.
static GimpLayer *merged(GimpLayer *layer) {
    if (gimp_layer_get_mask(layer))
        gimp_layer_remove_mask(layer, GIMP_MASK_DISCARD);
    gimp_layer_set_mode(layer, GIMP_LAYER_MODE_NORMAL);
    gimp_layer_set_opacity(layer, 100);
    if (GIMP_IS_GROUP_LAYER(layer))
        return gimp_group_layer_merge(GIMP_GROUP_LAYER(layer));
    gimp_item_set_lock_content(GIMP_ITEM(layer), FALSE);
    gimp_drawable_merge_filters(GIMP_DRAWABLE(layer));
    return layer;
}

Seen seen_open(GimpLayer *layer) {
    if (!seen_is_filtered(layer))
        return (Seen){GIMP_DRAWABLE(layer), 0, 0, NULL};
    GimpImage *image = seen_image_like(gimp_item_get_image(GIMP_ITEM(layer)));
    GimpLayer *copy = gimp_layer_new_from_drawable(GIMP_DRAWABLE(layer), image);
    gimp_image_insert_layer(image, copy, NULL, 0);
    copy = merged(copy);
    int x, y, copy_x, copy_y;
    gimp_drawable_get_offsets(GIMP_DRAWABLE(layer), &x, &y);
    gimp_drawable_get_offsets(GIMP_DRAWABLE(copy), &copy_x, &copy_y);
    return (Seen){GIMP_DRAWABLE(copy), x - copy_x, y - copy_y, image};
}

void seen_close(Seen *seen) {
    if (seen->image)
        gimp_image_delete(seen->image);
    *seen = (Seen){0};
}
