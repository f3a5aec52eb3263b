#include "selection.h"

#include <libgimp/gimp.h>
#include "buffers.h"
#include "pixels.h"
#include "words.h"

// Of the box around the selection alone: the rest is empty.
static guint64 sum_of(gint32 image, Box box) {
    Mask *mask = pixels_mask(gimp_image_get_selection(image), box);
    guint64 sum = mask_sum(mask, box);
    mask_free(mask);
    return sum;
}

gboolean selection_changed(Host *host, HostLayer *layer, guint64 *stamp) {
    (void)host;
    if (!gimp_item_is_valid(layer->id))
        return FALSE;
    gint32 image = gimp_item_get_image(layer->id);
    gboolean is_something = FALSE;
    gint left, top, right, bottom;
    gimp_selection_bounds(image, &is_something, &left, &top, &right, &bottom);
    guint64 now = is_something ? sum_of(image, (Box){left, top, right - left, bottom - top}) : 0, before = *stamp;
    *stamp = now;
    return now != before;
}

// A channel with the mask at the layer's place, for a selection is made from one; −1 where GIMP does not take it.
static gint32 channel_of(gint32 image, gint32 layer, const Mask *mask) {
    const GimpRGB black = {0, 0, 0, 1};
    int x, y;
    gint32 channel = gimp_channel_new(image, "dragon", gimp_image_width(image), gimp_image_height(image), 100, &black);
    if (channel == -1 || !gimp_image_insert_channel(image, channel, -1, 0))
        return -1;
    gimp_drawable_offsets(layer, &x, &y);
    GeglBuffer *buffer = gimp_drawable_get_buffer(channel);
    gegl_buffer_clear(buffer, NULL);
    buffers_write_mask(buffer, x, y, mask);
    g_object_unref(buffer);
    return channel;
}

gboolean selection_set(Host *host, HostLayer *layer, const Mask *mask, GError **error) {
    (void)host;
    if (!gimp_item_is_valid(layer->id)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The image or its layer was closed in the meantime."));
        return FALSE;
    }
    gint32 image = gimp_item_get_image(layer->id);
    gimp_context_push();
    gimp_context_set_feather(FALSE);
    gimp_image_undo_group_start(image);
    gint32 channel = channel_of(image, layer->id, mask);
    gboolean good = channel != -1 && gimp_image_select_item(image, GIMP_CHANNEL_OP_REPLACE, channel);
    if (channel != -1)
        gimp_image_remove_channel(image, channel);
    gimp_image_undo_group_end(image);
    gimp_context_pop();
    gimp_displays_flush();
    if (!good)
        g_set_error_literal(error, WORDS_ERROR, 0, _("GIMP did not take the selection."));
    return good;
}
