#include "pixels.h"

#include "buffers.h"
#include "colours.h"
#include "seen.h"
#include "stack.h"
#include "words.h"

gboolean pixels_are_open(Host *host, HostLayer *layer) {
    (void)host;
    return layer_is_open(layer->layer);
}

static gboolean check(GimpLayer *layer, GError **error) {
    if (!layer_is_open(layer)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("That layer was closed in the meantime."));
        return FALSE;
    }
    if (gimp_drawable_get_width(GIMP_DRAWABLE(layer)) < 1 || gimp_drawable_get_height(GIMP_DRAWABLE(layer)) < 1) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The layer's pixels cannot be read."));
        return FALSE;
    }
    return TRUE;
}

Picture *pixels_picture(Host *host, HostLayer *wanted, GError **error) {
    Gimp *gimp = (Gimp *)host;
    GimpLayer *layer = wanted->layer;
    if (!check(layer, error))
        return NULL;
    Picture *picture =
        picture_new(gimp_drawable_get_width(GIMP_DRAWABLE(layer)), gimp_drawable_get_height(GIMP_DRAWABLE(layer)),
                    colours_format(gimp_item_get_image(GIMP_ITEM(layer))));
    Seen seen = seen_open(layer);
    colours_read(seen.drawable, seen.x, seen.y, picture);
    seen_close(&seen);
    if (layer != gimp->layer || gimp->results->len == 0)
        return picture;
    mask_free(gimp->covered);
    gimp->covered = mask_new(picture->width, picture->height);
    for (guint i = 0; i < gimp->results->len; i++)
        stack_lay(g_ptr_array_index(gimp->results, i), gimp->layer, picture, gimp->covered);
    return picture;
}

Mask *pixels_mask(GimpDrawable *drawable, Box box) {
    GeglBuffer *buffer = gimp_drawable_get_buffer(drawable);
    if (!buffer)
        return NULL;
    Mask *mask = buffers_mask(buffer, box);
    g_object_unref(buffer);
    return mask;
}

Box pixels_all(GimpImage *image) {
    return (Box){0, 0, gimp_image_get_width(image), gimp_image_get_height(image)};
}

static Box box_of(GimpDrawable *drawable) {
    int x, y;
    gimp_drawable_get_offsets(drawable, &x, &y);
    return (Box){x, y, gimp_drawable_get_width(drawable), gimp_drawable_get_height(drawable)};
}

Mask *pixels_selection(Host *host, HostLayer *layer) {
    GimpImage *image = layer ? gimp_item_get_image(GIMP_ITEM(layer->layer)) : ((Gimp *)host)->image;
    if (gimp_selection_is_empty(image))
        return NULL;
    // It covers the image, which the layer need not.
    return pixels_mask(GIMP_DRAWABLE(gimp_image_get_selection(image)),
                       layer ? box_of(GIMP_DRAWABLE(layer->layer)) : pixels_all(image));
}

Mask *pixels_layer_mask(Host *host, HostLayer *layer) {
    (void)host;
    GimpDrawable *mask = GIMP_DRAWABLE(gimp_layer_get_mask(layer->layer));
    return mask ? pixels_mask(mask, (Box){0, 0, gimp_drawable_get_width(mask), gimp_drawable_get_height(mask)}) : NULL;
}

gboolean pixels_share_selection(Host *host, HostLayer *layer) {
    return gimp_item_get_image(GIMP_ITEM(layer->layer)) == ((Gimp *)host)->image;
}
