#include "selection.h"

#include <libgimp/gimp.h>
#include "pixels.h"

// FNV-1a.
static guint64 summed(guint64 sum, const void *bytes, gsize count) {
    for (const guint8 *byte = bytes; count > 0; byte++, count--)
        sum = (sum ^ *byte) * 1099511628211u;
    return sum;
}

// Of the box around the selection alone: the rest is empty.
static guint64 sum_of(gint32 image, const gint box[4]) {
    Mask *mask = pixels_mask(gimp_image_get_selection(image), box[0], box[1], box[2] - box[0], box[3] - box[1]);
    guint64 sum = summed(14695981039346656037u, box, 4 * sizeof *box);
    if (mask)
        sum = summed(sum, mask->bytes, (gsize)mask->width * mask->height);
    mask_free(mask);
    return sum;
}

gboolean selection_changed(Host *host, HostLayer *layer, guint64 *stamp) {
    (void)host;
    if (!gimp_item_is_valid(layer->id))
        return FALSE;
    gint32 image = gimp_item_get_image(layer->id);
    gboolean is_something = FALSE;
    gint box[4];
    gimp_selection_bounds(image, &is_something, &box[0], &box[1], &box[2], &box[3]);
    guint64 now = is_something ? sum_of(image, box) : 0, before = *stamp;
    *stamp = now;
    return now != before;
}
