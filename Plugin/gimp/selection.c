// Whether a selection has changed: GIMP does not say, so that what is selected is summed up.
#include "host.h"

#include <gegl.h>
#include <libgimp/gimp.h>

// FNV-1a.
static guint64 summed(guint64 sum, const void *bytes, gsize count) {
    for (const guint8 *byte = bytes; count > 0; byte++, count--)
        sum = (sum ^ *byte) * 1099511628211u;
    return sum;
}

// Of the box around the selection alone: the rest is empty.
static guint64 sum_of(gint32 image, const gint box[4]) {
    gsize width = box[2] - box[0], height = box[3] - box[1];
    guint8 *bytes = g_malloc(width * height);
    GeglBuffer *buffer = gimp_drawable_get_buffer(gimp_image_get_selection(image));
    gegl_buffer_get(buffer, GEGL_RECTANGLE(box[0], box[1], width, height), 1.0, babl_format("Y u8"), bytes,
                    GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    guint64 sum = summed(summed(14695981039346656037u, box, 4 * sizeof *box), bytes, width * height);
    g_object_unref(buffer);
    g_free(bytes);
    return sum;
}

gboolean host_selection_changed(gint32 layer, guint64 *stamp) {
    if (!gimp_item_is_valid(layer))
        return FALSE;
    gint32 image = gimp_item_get_image(layer);
    gboolean is_something = FALSE;
    gint box[4];
    gimp_selection_bounds(image, &is_something, &box[0], &box[1], &box[2], &box[3]);
    guint64 now = is_something ? sum_of(image, box) : 0, before = *stamp;
    *stamp = now;
    return now != before;
}
