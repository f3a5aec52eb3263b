#include "result.h"

#include <string.h>
#include <libgimp/gimp.h>
#include "colours.h"
#include "engine.h"
#include "stack.h"
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

// Before the layer is in the image: then undoing and redoing it leaves the picture, not the mask, to be painted on.
static void add_mask(gint32 layer, const Pieces *pieces) {
    gint32 mask = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);
    gimp_layer_add_mask(layer, mask);
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

static gboolean insert_above(const Gimp *gimp, gint32 layer) {
    gint32 below = gimp_item_is_valid(gimp->top) ? gimp->top : gimp->layer;
    if (gimp_image_insert_layer(gimp->image, layer, gimp_item_get_parent(below),
                                gimp_image_get_item_position(gimp->image, below)))
        return TRUE;
    gimp_item_delete(layer);
    return FALSE;
}

static gint32 insert_box(const Gimp *gimp, const Edit *edit, const Pieces *pieces) {
    gboolean gray = gimp_image_base_type(gimp->image) == GIMP_GRAY;
    gint32 layer = gimp_layer_new(gimp->image, mode_name(edit->mode), pieces->box.width, pieces->box.height,
                                  gray ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
    if (layer == -1)
        return -1;
    // The engine's mask mixes perceptual values; linear mixing would show its soft border as a halo.
    gimp_layer_set_composite_space(layer, GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL);
    // The source may have been moved since the dialog read it.
    int x, y;
    gimp_drawable_offsets(gimp->layer, &x, &y);
    gimp_layer_set_offsets(layer, x + pieces->box.x, y + pieces->box.y);
    write_pixels(layer, pieces->picture);
    add_mask(layer, pieces);
    attach_text(layer, edit);
    stack_mark(layer, gimp->layer);
    return insert_above(gimp, layer) ? layer : -1;
}

// The edited picture as far as it is not the layer's own: the result's box, or all where earlier results are in it.
static Pieces mixed_pieces(const Gimp *gimp, const Material *material, const Pieces *pieces) {
    Pieces mixed = {pieces->box, picture_part(material->picture, pieces->box), NULL};
    picture_mix(mixed.picture, pieces->picture, pieces->share);
    gsize row = (gsize)pieces->box.width * sizeof *pieces->share;
    if (!gimp->covered) {
        mixed.share = g_memdup2(pieces->share, row * (gsize)pieces->box.height);
        return mixed;
    }
    const Mask *covered = gimp->covered;
    Picture *whole = picture_copy(material->picture);
    picture_put(whole, mixed.picture, mixed.box.x, mixed.box.y);
    picture_free(mixed.picture);
    float *share = g_new(float, (gsize)covered->width * covered->height);
    for (gsize i = 0; i < (gsize)covered->width * covered->height; i++)
        share[i] = covered->bytes[i] ? 1 : 0;
    for (int y = 0; y < pieces->box.height; y++)
        for (int x = 0; x < pieces->box.width; x++)
            if (pieces->share[(gsize)y * pieces->box.width + x] > 0)
                share[(gsize)(pieces->box.y + y) * covered->width + pieces->box.x + x] = 1;
    return (Pieces){{0, 0, whole->width, whole->height}, whole, share};
}

static void copy_pixels(gint32 from, gint32 to) {
    GeglBuffer *source = gimp_drawable_get_buffer(from), *target = gimp_drawable_get_buffer(to);
    gegl_buffer_copy(source, NULL, GEGL_ABYSS_NONE, target, NULL);
    g_object_unref(source);
    g_object_unref(target);
    gimp_drawable_update(to, 0, 0, gimp_drawable_width(to), gimp_drawable_height(to));
}

// A group's copy is a group again, which takes no pixels: a plain layer that looks the same.
static gint32 flat_copy(gint32 group) {
    gint32 image = gimp_item_get_image(group), layer, mask = gimp_layer_get_mask(group);
    layer =
        gimp_layer_new(image, "", gimp_drawable_width(group), gimp_drawable_height(group),
                       gimp_drawable_type_with_alpha(group), gimp_layer_get_opacity(group), gimp_layer_get_mode(group));
    if (layer == -1)
        return -1;
    int x, y;
    gimp_drawable_offsets(group, &x, &y);
    gimp_layer_set_offsets(layer, x, y);
    copy_pixels(group, layer);
    if (mask != -1) {
        gint32 copy = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);
        gimp_layer_add_mask(layer, copy);
        copy_pixels(mask, copy);
        gimp_layer_set_apply_mask(layer, gimp_layer_get_apply_mask(group));
        gimp_layer_set_edit_mask(layer, FALSE);
    }
    return layer;
}

// The source again, free to be written.
static gint32 copy_of(gint32 source) {
    gint32 layer = gimp_item_is_group(source) ? flat_copy(source) : gimp_layer_copy(source);
    if (layer == -1)
        return -1;
    gimp_item_set_lock_content(layer, FALSE);
    gimp_item_set_lock_position(layer, FALSE);
    gimp_layer_set_lock_alpha(layer, FALSE);
    return layer;
}

// Where a layer above the source could not show the result: an edited copy takes the place of the source and of the
// results on it, which are hidden.
static gint32 insert_copy(const Gimp *gimp, const Edit *edit, const Material *material, const Pieces *pieces) {
    gint32 layer = copy_of(gimp->layer);
    if (layer == -1)
        return -1;
    gimp_item_set_name(layer, mode_name(edit->mode));
    attach_text(layer, edit);
    // Before the layer is in the image: a group around it may be locked.
    Pieces mixed = mixed_pieces(gimp, material, pieces);
    write_mixed(layer, mixed.picture, &mixed);
    picture_free(mixed.picture);
    g_free(mixed.share);
    if (!insert_above(gimp, layer))
        return -1;
    gimp_item_set_visible(gimp->layer, FALSE);
    for (guint i = 0; i < gimp->results->len; i++)
        gimp_item_set_visible(g_array_index(gimp->results, gint32, i), FALSE);
    return layer;
}

// Whether a layer above the source would show as the source does: nothing of that shines through, is mixed or hidden.
static gboolean is_plain(gint32 source) {
    GimpLayerMode mode = gimp_layer_get_mode(source);
    gboolean is_normal = mode == GIMP_LAYER_MODE_NORMAL || mode == GIMP_LAYER_MODE_NORMAL_LEGACY ||
                         (gimp_item_is_group(source) && mode == GIMP_LAYER_MODE_PASS_THROUGH);
    gboolean is_masked = gimp_layer_get_mask(source) != -1 && gimp_layer_get_apply_mask(source);
    return is_normal && !is_masked && gimp_layer_get_opacity(source) >= 100;
}

static gint32 insert_pieces(const Gimp *gimp, const Edit *edit, const Material *material, const Pieces *pieces) {
    if (!is_plain(gimp->layer))
        return insert_copy(gimp, edit, material, pieces);
    Picture *below = picture_part(material->picture, pieces->box);
    gboolean erases = picture_erases(below, pieces->picture, pieces->share);
    picture_free(below);
    return erases ? insert_copy(gimp, edit, material, pieces) : insert_box(gimp, edit, pieces);
}

HostLayer *result_insert(Host *host, const Edit *edit, const Material *material, dragon_result *result,
                         GError **error) {
    Gimp *gimp = (Gimp *)host;
    if (!gimp_image_is_valid(gimp->image) || !gimp_item_is_valid(gimp->layer) ||
        gimp_item_get_image(gimp->layer) != gimp->image) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The image or its layer was closed in the meantime."));
        return NULL;
    }
    Pieces pieces = pieces_of(result, material->picture->format);
    gboolean indexed = gimp_image_base_type(gimp->image) == GIMP_INDEXED;
    gimp_image_undo_group_start(gimp->image);
    if (indexed)
        gimp_image_convert_rgb(gimp->image);
    gint32 layer = insert_pieces(gimp, edit, material, &pieces);
    gimp_image_undo_group_end(gimp->image);
    gimp_displays_flush();
    picture_free(pieces.picture);
    g_free(pieces.share);
    if (layer == -1)
        g_set_error_literal(error, WORDS_ERROR, 0, _("GIMP did not take the new layer."));
    else if (indexed)
        gimp_message(_("The image was converted to RGB: its palette could not hold the result. Undo brings the palette "
                       "back."));
    return layer == -1 ? NULL : gimp_layer_of(gimp, layer);
}
