// What is read of an image's pixels: pictures and masks.
#include "host.h"

#include <libgimp/gimp.h>
#include "colours.h"
#include "words.h"

Picture *host_picture(gint32 layer, GError **error) {
    int width = gimp_drawable_width(layer), height = gimp_drawable_height(layer);
    if (width < 1 || height < 1) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The layer's pixels cannot be read."));
        return NULL;
    }
    Picture *picture = picture_new(width, height, colours_format(gimp_item_get_image(layer)));
    colours_read(layer, picture);
    return picture;
}

Mask *host_mask(gint32 drawable, int x, int y, int width, int height) {
    GeglBuffer *buffer = gimp_drawable_get_buffer(drawable);
    if (!buffer)
        return NULL;
    Mask *mask = mask_new(width, height);
    gegl_buffer_get(buffer, GEGL_RECTANGLE(x, y, width, height), 1.0, babl_format("Y u8"), mask->bytes,
                    GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    g_object_unref(buffer);
    return mask;
}

static Mask *selection_over(gint32 layer) {
    gint32 image = gimp_item_get_image(layer);
    if (gimp_selection_is_empty(image))
        return NULL;
    int x, y;
    gimp_drawable_offsets(layer, &x, &y);
    return host_mask(gimp_image_get_selection(image), x, y, gimp_drawable_width(layer), gimp_drawable_height(layer));
}

Mask *host_selection(const Host *host) {
    return selection_over(host->layer);
}

static Mask *mask_of_alpha(const Picture *picture) {
    if (!picture_has_transparency(picture))
        return NULL;
    Mask *mask = mask_new(picture->width, picture->height);
    for (int y = 0; y < mask->height; y++)
        for (int x = 0; x < mask->width; x++)
            mask->bytes[(gsize)y * mask->width + x] = (guint8)(CLAMP(picture_alpha(picture, x, y), 0, 1) * 255 + 0.5);
    return mask;
}

Mask *host_reference_mask(const Host *host, const Edit *edit, gint32 layer, const Picture *reference) {
    GArray *outline = edit->reference_outline;
    if (outline->len > 2)
        return mask_from_outline(reference->width, reference->height, (dragon_point *)outline->data, outline->len);
    // In appearance, the picture's own selection is the object that changes.
    gboolean selection_is_its = edit->mode == DRAGON_PASTE || gimp_item_get_image(layer) != host->image;
    Mask *mask = selection_is_its ? selection_over(layer) : NULL;
    gint32 layer_mask = gimp_layer_get_mask(layer);
    if (!mask && layer_mask != -1)
        mask = host_mask(layer_mask, 0, 0, reference->width, reference->height);
    return mask ? mask : mask_of_alpha(reference);
}

gboolean host_read_material(const Host *host, const Edit *edit, gint32 reference, Material *material, GError **error) {
    if (!material->picture && !(material->picture = host_picture(host->layer, error)))
        return FALSE;
    Picture *picture = material->picture;
    if (!material->mask && edit->outline->len > 2)
        material->mask =
            mask_from_outline(picture->width, picture->height, (dragon_point *)edit->outline->data, edit->outline->len);
    if (!material->mask)
        material->mask = host_selection(host);
    if (!mode_needs_reference(edit->mode) || reference == -1)
        return TRUE;
    if (!material->reference && !(material->reference = host_picture(reference, error)))
        return FALSE;
    if (!material->reference_mask)
        material->reference_mask = host_reference_mask(host, edit, reference, material->reference);
    return TRUE;
}
