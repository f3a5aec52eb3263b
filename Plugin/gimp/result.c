// The only place that changes an image.
#include "host.h"

#include <string.h>
#include <libgimp/gimp.h>
#include "colours.h"
#include "words.h"

/// A result as it goes into the image.
typedef struct Pieces {
    Box box;
    Picture *picture;
    /// Share of each pixel that is the result's.
    float *share;
} Pieces;

static Pieces pieces_of(dragon_result *result, dragon_pixel_format format) {
    Pieces pieces = {engine_result_box(result), engine_result_picture(result, format), NULL};
    pieces.share = g_new(float, (gsize)pieces.box.width *pieces.box.height);
    dragon_result_mask_float(result, pieces.share, 0);
    return pieces;
}

static void write_mask(gint32 layer, const Pieces *pieces) {
    gint32 mask = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);
    gimp_layer_add_mask(layer, mask);
    // The next brush stroke is meant for the picture.
    gimp_layer_set_edit_mask(layer, FALSE);
    GeglBuffer *buffer = gimp_drawable_get_buffer(mask);
    gegl_buffer_set(buffer, GEGL_RECTANGLE(0, 0, pieces->box.width, pieces->box.height), 0, babl_format("Y float"),
                    pieces->share, GEGL_AUTO_ROWSTRIDE);
    g_object_unref(buffer);
    gimp_drawable_update(mask, 0, 0, pieces->box.width, pieces->box.height);
}

static void write_pixels(gint32 layer, const Picture *picture) {
    GeglBuffer *buffer = gimp_drawable_get_buffer(layer), *own = colours_buffer(layer, picture);
    gegl_buffer_copy(own, NULL, GEGL_ABYSS_NONE, buffer, NULL);
    g_object_unref(own);
    g_object_unref(buffer);
    gimp_drawable_update(layer, 0, 0, picture->width, picture->height);
}

// The first run of touched pixels of a row from `start` on; FALSE where there is none.
static gboolean next_run(const float *share, int width, int start, int *from, int *end) {
    for (*from = start; *from < width && share[*from] <= 0; ++*from)
        ;
    for (*end = *from; *end < width && share[*end] > 0; ++*end)
        ;
    return *from < width;
}

// Writes only what the result touches: the rest keeps every bit.
static void write_mixed(gint32 layer, const Picture *mixed, const Pieces *pieces) {
    GeglBuffer *buffer = gimp_drawable_get_buffer(layer), *own = colours_buffer(layer, mixed);
    for (int y = 0; y < mixed->height; y++) {
        int from, end = 0;
        while (next_run(pieces->share + (gsize)y * mixed->width, mixed->width, end, &from, &end))
            gegl_buffer_copy(own, GEGL_RECTANGLE(from, y, end - from, 1), GEGL_ABYSS_NONE, buffer,
                             GEGL_RECTANGLE(pieces->box.x + from, pieces->box.y + y, end - from, 1));
    }
    g_object_unref(own);
    g_object_unref(buffer);
    gimp_drawable_update(layer, pieces->box.x, pieces->box.y, mixed->width, mixed->height);
}

static void attach_text(gint32 layer, const Edit *edit) {
    char *text = edit_to_text(edit);
    GimpParasite *parasite =
        gimp_parasite_new("dragon-edit", GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE, strlen(text) + 1, text);
    gimp_item_attach_parasite(layer, parasite);
    gimp_parasite_free(parasite);
    g_free(text);
}

static gboolean insert_above(const Host *host, gint32 layer) {
    gint32 parent = gimp_item_get_parent(host->layer);
    if (gimp_image_insert_layer(host->image, layer, parent, gimp_image_get_item_position(host->image, host->layer)))
        return TRUE;
    gimp_item_delete(layer);
    return FALSE;
}

static gint32 insert_box(const Host *host, const Edit *edit, const Pieces *pieces) {
    gboolean gray = gimp_image_base_type(host->image) == GIMP_GRAY;
    gint32 layer = gimp_layer_new(host->image, edit_mode_name(edit->mode), pieces->box.width, pieces->box.height,
                                  gray ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
    if (layer == -1)
        return -1;
    // The engine's mask mixes perceptual values; linear mixing would show its soft border as a halo.
    gimp_layer_set_composite_space(layer, GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL);
    gimp_layer_set_offsets(layer, host->offset_x + pieces->box.x, host->offset_y + pieces->box.y);
    if (!insert_above(host, layer))
        return -1;
    write_pixels(layer, pieces->picture);
    write_mask(layer, pieces);
    return layer;
}

// Where the result is more transparent than the source, a layer above cannot show it: an edited copy takes the source's
// place, which is hidden.
static gint32 insert_copy(const Host *host, const Edit *edit, const Material *material, const Pieces *pieces) {
    gint32 layer = gimp_item_is_group(host->layer) ? gimp_layer_new_from_drawable(host->layer, host->image)
                                                   : gimp_layer_copy(host->layer);
    if (layer == -1)
        return -1;
    gimp_item_set_name(layer, edit_mode_name(edit->mode));
    if (!insert_above(host, layer))
        return -1;
    Picture *mixed = picture_part(material->picture, pieces->box);
    picture_mix(mixed, pieces->picture, pieces->share);
    write_mixed(layer, mixed, pieces);
    picture_free(mixed);
    gimp_item_set_visible(host->layer, FALSE);
    return layer;
}

static gint32 insert_pieces(const Host *host, const Edit *edit, const Material *material, const Pieces *pieces) {
    Picture *below = picture_part(material->picture, pieces->box);
    gboolean erases = picture_erases(below, pieces->picture, pieces->share);
    picture_free(below);
    gint32 layer = erases ? insert_copy(host, edit, material, pieces) : insert_box(host, edit, pieces);
    if (layer != -1)
        attach_text(layer, edit);
    return layer;
}

gint32 host_insert(const Host *host, const Edit *edit, const Material *material, dragon_result *result,
                   GError **error) {
    if (!gimp_image_is_valid(host->image) || !gimp_item_is_valid(host->layer) ||
        gimp_item_get_image(host->layer) != host->image) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The image or its layer was closed in the meantime."));
        return -1;
    }
    Pieces pieces = pieces_of(result, material->picture->format);
    gboolean indexed = gimp_image_base_type(host->image) == GIMP_INDEXED;
    gimp_image_undo_group_start(host->image);
    if (indexed)
        gimp_image_convert_rgb(host->image);
    gint32 layer = insert_pieces(host, edit, material, &pieces);
    gimp_image_undo_group_end(host->image);
    gimp_displays_flush();
    picture_free(pieces.picture);
    g_free(pieces.share);
    if (layer == -1)
        g_set_error_literal(error, WORDS_ERROR, 0, _("GIMP did not take the new layer."));
    else if (indexed)
        gimp_message(_("The image was converted to RGB: its palette could not hold the result. Undo brings the palette "
                       "back."));
    return layer;
}
