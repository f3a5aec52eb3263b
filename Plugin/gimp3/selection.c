#include "selection.h"

#include "pixels.h"

// Of the box around the selection alone: the rest is empty.
static guint64 sum_of(GimpImage *image, Box box) {
    Mask *mask = pixels_mask(GIMP_DRAWABLE(gimp_image_get_selection(image)), box);
    guint64 sum = mask_sum(mask, box);
    mask_free(mask);
    return sum;
}

gboolean selection_changed(Host *host, HostLayer *layer, guint64 *stamp) {
    (void)host;
    if (!layer_is_open(layer->layer))
        return FALSE;
    GimpImage *image = gimp_item_get_image(GIMP_ITEM(layer->layer));
    gboolean is_something = FALSE;
    gint left, top, right, bottom;
    gimp_selection_bounds(image, &is_something, &left, &top, &right, &bottom);
    guint64 now = is_something ? sum_of(image, (Box){left, top, right - left, bottom - top}) : 0, before = *stamp;
    *stamp = now;
    return now != before;
}
