#include "result.h"

#include <string.h>
#include <libgimp/gimp.h>
#include "buffers.h"
#include "colours.h"
#include "laying.h"
#include "stack.h"
#include "words.h"

// Before the layer is in the image: then undoing and redoing it leaves the picture, not the mask, to be painted on.
static void add_mask(gint32 layer, const Patch *patch) {
    gint32 mask = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);
    gimp_layer_add_mask(layer, mask);
    gimp_layer_set_edit_mask(layer, FALSE);
    GeglBuffer *buffer = gimp_drawable_get_buffer(mask);
    buffers_write_share(buffer, patch->box.width, patch->box.height, patch->share);
    g_object_unref(buffer);
    gimp_drawable_update(mask, 0, 0, patch->box.width, patch->box.height);
}

void result_write_pixels(gint32 layer, const Picture *picture) {
    GeglBuffer *buffer = gimp_drawable_get_buffer(layer), *own = colours_buffer(layer, picture);
    gegl_buffer_copy(own, NULL, GEGL_ABYSS_NONE, buffer, NULL);
    g_object_unref(own);
    g_object_unref(buffer);
    gimp_drawable_update(layer, 0, 0, picture->width, picture->height);
}

// Writes only what the result touches: the rest keeps every bit.
static void write_mixed(gint32 layer, const Patch *mixed) {
    GeglBuffer *buffer = gimp_drawable_get_buffer(layer), *own = colours_buffer(layer, mixed->picture);
    buffers_write_patch(own, mixed, buffer);
    g_object_unref(own);
    g_object_unref(buffer);
    gimp_drawable_update(layer, mixed->box.x, mixed->box.y, mixed->box.width, mixed->box.height);
}

void result_attach_text(gint32 layer, const Edit *edit) {
    char *text = edit_to_text(edit);
    GimpParasite *parasite =
        gimp_parasite_new("dragon-edit", GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE, strlen(text) + 1, text);
    gimp_item_attach_parasite(layer, parasite);
    gimp_parasite_free(parasite);
    g_free(text);
}

static gboolean insert_above(const Gimp *gimp, gint32 layer, gint32 below) {
    if (gimp_image_insert_layer(gimp->image, layer, gimp_item_get_parent(below),
                                gimp_image_get_item_position(gimp->image, below)))
        return TRUE;
    gimp_item_delete(layer);
    return FALSE;
}

// What a result lies above: the layer that was active.
static gint32 top_of(const Gimp *gimp) {
    return gimp_item_is_valid(gimp->top) ? gimp->top : gimp->layer;
}

// A layer of a patch's pixels at its place; −1 where GIMP makes none.
static gint32 layer_of_patch(const Gimp *gimp, const Edit *edit, const char *name, const Patch *patch) {
    gboolean gray = gimp_image_base_type(gimp->image) == GIMP_GRAY;
    gint32 layer = gimp_layer_new(gimp->image, name, patch->box.width, patch->box.height,
                                  gray ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
    if (layer == -1)
        return -1;
    // The engine's mask mixes perceptual values; linear mixing would show its soft border as a halo.
    gimp_layer_set_composite_space(layer, GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL);
    // The source may have been moved since the dialog read it.
    int x, y;
    gimp_drawable_offsets(gimp->layer, &x, &y);
    gimp_layer_set_offsets(layer, x + patch->box.x, y + patch->box.y);
    result_write_pixels(layer, patch->picture);
    result_attach_text(layer, edit);
    return layer;
}

static gint32 insert_box(const Gimp *gimp, const Edit *edit, const Laying *laying) {
    gint32 layer = layer_of_patch(gimp, edit, laying->ground_name, &laying->ground);
    if (layer == -1)
        return -1;
    add_mask(layer, &laying->ground);
    stack_mark(layer, gimp->layer);
    return insert_above(gimp, layer, top_of(gimp)) ? layer : -1;
}

// The object above its ground, free to be moved on. `source`: what it is a result on.
static gint32 insert_object(const Gimp *gimp, const Edit *edit, const Laying *laying, gint32 ground, gint32 source) {
    gint32 layer = layer_of_patch(gimp, edit, laying->object_name, &laying->object);
    if (layer == -1)
        return -1;
    stack_mark(layer, source);
    return insert_above(gimp, layer, ground) ? layer : -1;
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
static gint32 insert_copy(const Gimp *gimp, const Edit *edit, const Material *material, const Laying *laying) {
    gint32 layer = copy_of(gimp->layer);
    if (layer == -1)
        return -1;
    gimp_item_set_name(layer, laying->ground_name);
    result_attach_text(layer, edit);
    // Before the layer is in the image: a group around it may be locked.
    Patch mixed = patch_mixed(&laying->ground, material->picture, gimp->covered);
    write_mixed(layer, &mixed);
    patch_clear(&mixed);
    if (!insert_above(gimp, layer, top_of(gimp)))
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

// The uppermost of the new layers.
static gint32 insert_laying(const Gimp *gimp, const Edit *edit, const Material *material, const Laying *laying) {
    gboolean takes_place = !is_plain(gimp->layer) || patch_erases(&laying->ground, material->picture);
    gint32 ground = takes_place ? insert_copy(gimp, edit, material, laying) : insert_box(gimp, edit, laying);
    if (ground == -1 || !laying->object.picture)
        return ground;
    return insert_object(gimp, edit, laying, ground, takes_place ? ground : gimp->layer);
}

HostLayer *result_insert(Host *host, const Edit *edit, const Material *material, dragon_result *result,
                         GError **error) {
    Gimp *gimp = (Gimp *)host;
    if (!gimp_image_is_valid(gimp->image) || !gimp_item_is_valid(gimp->layer) ||
        gimp_item_get_image(gimp->layer) != gimp->image) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The image or its layer was closed in the meantime."));
        return NULL;
    }
    // What an object would show through, or be mixed with, is no ground to lie above.
    Laying laying = laying_of_result(edit, result, material->picture->format, is_plain(gimp->layer));
    gboolean indexed = gimp_image_base_type(gimp->image) == GIMP_INDEXED;
    gimp_image_undo_group_start(gimp->image);
    if (indexed)
        gimp_image_convert_rgb(gimp->image);
    gint32 layer = insert_laying(gimp, edit, material, &laying);
    gimp_image_undo_group_end(gimp->image);
    gimp_displays_flush();
    laying_clear(&laying);
    if (layer == -1)
        g_set_error_literal(error, WORDS_ERROR, 0, _("GIMP did not take the new layer."));
    else if (indexed)
        gimp_message(_("The image was converted to RGB: its palette could not hold the result. Undo brings the palette "
                       "back."));
    return layer == -1 ? NULL : gimp_layer_of(gimp, layer);
}
