#include "selection.h"

#include "buffers.h"
#include "pixels.h"
#include "words.h"

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

// A channel with the mask at the layer's place, for a selection is made from one; NULL where GIMP does not take it.
static GimpChannel *channel_of(GimpImage *image, GimpLayer *layer, const Mask *mask) {
    GeglColor *black = gegl_color_new("black");
    int x, y;
    GimpChannel *channel =
        gimp_channel_new(image, "dragon", gimp_image_get_width(image), gimp_image_get_height(image), 100, black);
    g_object_unref(black);
    if (!channel || !gimp_image_insert_channel(image, channel, NULL, 0))
        return NULL;
    gimp_drawable_get_offsets(GIMP_DRAWABLE(layer), &x, &y);
    GeglBuffer *buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(channel));
    gegl_buffer_clear(buffer, NULL);
    buffers_write_mask(buffer, x, y, mask);
    g_object_unref(buffer);
    return channel;
}

gboolean selection_set(Host *host, HostLayer *layer, const Mask *mask, GError **error) {
    (void)host;
    if (!layer_is_open(layer->layer)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The image or its layer was closed in the meantime."));
        return FALSE;
    }
    GimpImage *image = gimp_item_get_image(GIMP_ITEM(layer->layer));
    gimp_context_push();
    gimp_context_set_feather(FALSE);
    gimp_image_undo_group_start(image);
    GimpChannel *channel = channel_of(image, layer->layer, mask);
    gboolean good = channel && gimp_image_select_item(image, GIMP_CHANNEL_OP_REPLACE, GIMP_ITEM(channel));
    if (channel)
        gimp_image_remove_channel(image, channel);
    gimp_image_undo_group_end(image);
    gimp_context_pop();
    gimp_displays_flush();
    if (!good)
        g_set_error_literal(error, WORDS_ERROR, 0, _("GIMP did not take the selection."));
    return good;
}
