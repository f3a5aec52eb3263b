#include "pixels.h"

#include <libgimp/gimp.h>
#include "buffers.h"
#include "colours.h"
#include "stack.h"
#include "words.h"

gboolean pixels_are_open(Host *host, HostLayer *layer) {
    (void)host;
    return gimp_item_is_valid(layer->id);
}

static gboolean check(HostLayer *layer, GError **error) {
    if (!gimp_item_is_valid(layer->id)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("That layer was closed in the meantime."));
        return FALSE;
    }
    if (gimp_drawable_width(layer->id) < 1 || gimp_drawable_height(layer->id) < 1) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The layer's pixels cannot be read."));
        return FALSE;
    }
    return TRUE;
}

Picture *pixels_picture(Host *host, HostLayer *layer, GError **error) {
    Gimp *gimp = (Gimp *)host;
    if (!check(layer, error))
        return NULL;
    Picture *picture = picture_new(gimp_drawable_width(layer->id), gimp_drawable_height(layer->id),
                                   colours_format(gimp_item_get_image(layer->id)));
    colours_read(layer->id, picture);
    if (layer->id != gimp->layer || gimp->results->len == 0)
        return picture;
    mask_free(gimp->covered);
    gimp->covered = mask_new(picture->width, picture->height);
    for (guint i = 0; i < gimp->results->len; i++)
        stack_lay(g_array_index(gimp->results, gint32, i), gimp->layer, picture, gimp->covered);
    return picture;
}

Mask *pixels_mask(gint32 drawable, Box box) {
    GeglBuffer *buffer = gimp_drawable_get_buffer(drawable);
    if (!buffer)
        return NULL;
    Mask *mask = buffers_mask(buffer, box);
    g_object_unref(buffer);
    return mask;
}

Box pixels_all(gint32 image) {
    return (Box){0, 0, gimp_image_width(image), gimp_image_height(image)};
}

static Box box_of(gint32 layer) {
    int x, y;
    gimp_drawable_offsets(layer, &x, &y);
    return (Box){x, y, gimp_drawable_width(layer), gimp_drawable_height(layer)};
}

Mask *pixels_selection(Host *host, HostLayer *layer) {
    gint32 image = layer ? gimp_item_get_image(layer->id) : ((Gimp *)host)->image;
    if (gimp_selection_is_empty(image))
        return NULL;
    return pixels_mask(gimp_image_get_selection(image), layer ? box_of(layer->id) : pixels_all(image));
}

Mask *pixels_layer_mask(Host *host, HostLayer *layer) {
    (void)host;
    gint32 mask = gimp_layer_get_mask(layer->id);
    return mask == -1 ? NULL : pixels_mask(mask, (Box){0, 0, gimp_drawable_width(mask), gimp_drawable_height(mask)});
}

gboolean pixels_share_selection(Host *host, HostLayer *layer) {
    return gimp_item_get_image(layer->id) == ((Gimp *)host)->image;
}
