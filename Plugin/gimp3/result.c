#include "result.h"

#include <string.h>
#include "buffers.h"
#include "colours.h"
#include "copying.h"
#include "laying.h"
#include "stack.h"
#include "words.h"

// Before the layer is in the image: then undoing and redoing it leaves the picture, not the mask, to be painted on.
static void add_mask(GimpLayer *layer, const Patch *patch) {
    GimpLayerMask *mask = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);
    gimp_layer_add_mask(layer, mask);
    gimp_layer_set_edit_mask(layer, FALSE);
    GeglBuffer *buffer = gimp_drawable_get_buffer(GIMP_DRAWABLE(mask));
    buffers_write_share(buffer, patch->box.width, patch->box.height, patch->share);
    g_object_unref(buffer);
    gimp_drawable_update(GIMP_DRAWABLE(mask), 0, 0, patch->box.width, patch->box.height);
}

void result_write_pixels(GimpDrawable *drawable, const Picture *picture) {
    GeglBuffer *buffer = gimp_drawable_get_buffer(drawable), *own = colours_buffer(drawable, picture);
    gegl_buffer_copy(own, NULL, GEGL_ABYSS_NONE, buffer, NULL);
    g_object_unref(own);
    g_object_unref(buffer);
    gimp_drawable_update(drawable, 0, 0, picture->width, picture->height);
}

// Writes only what the result touches: the rest keeps every bit.
static void write_mixed(GimpDrawable *drawable, const Patch *mixed) {
    GeglBuffer *buffer = gimp_drawable_get_buffer(drawable), *own = colours_buffer(drawable, mixed->picture);
    buffers_write_patch(own, mixed, buffer);
    g_object_unref(own);
    g_object_unref(buffer);
    gimp_drawable_update(drawable, mixed->box.x, mixed->box.y, mixed->box.width, mixed->box.height);
}

void result_attach_text(GimpLayer *layer, const Edit *edit) {
    char *text = edit_to_text(edit);
    GimpParasite *parasite = gimp_parasite_new("dragon-edit", GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE,
                                               (guint32)strlen(text) + 1, text);
    gimp_item_attach_parasite(GIMP_ITEM(layer), parasite);
    gimp_parasite_free(parasite);
    g_free(text);
}

static gboolean insert_above(const Gimp *gimp, GimpLayer *layer, GimpLayer *below) {
    GimpItem *parent = gimp_item_get_parent(GIMP_ITEM(below));
    if (gimp_image_insert_layer(gimp->image, layer, parent ? GIMP_LAYER(parent) : NULL,
                                gimp_image_get_item_position(gimp->image, GIMP_ITEM(below))))
        return TRUE;
    gimp_item_delete(GIMP_ITEM(layer));
    return FALSE;
}

// What a result lies above: the layer that was selected.
static GimpLayer *top_of(const Gimp *gimp) {
    return layer_is_open(gimp->top) ? gimp->top : gimp->layer;
}

// A layer of a patch's pixels at its place; NULL where GIMP makes none.
static GimpLayer *layer_of_patch(const Gimp *gimp, const Edit *edit, const char *name, const Patch *patch) {
    gboolean gray = gimp_image_get_base_type(gimp->image) == GIMP_GRAY;
    GimpLayer *layer = gimp_layer_new(gimp->image, name, patch->box.width, patch->box.height,
                                      gray ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
    if (!layer)
        return NULL;
    // The engine's mask mixes perceptual values; linear mixing would show its soft border as a halo.
    gimp_layer_set_composite_space(layer, GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL);
    // The source may have been moved since the dialog read it.
    int x, y;
    gimp_drawable_get_offsets(GIMP_DRAWABLE(gimp->layer), &x, &y);
    gimp_layer_set_offsets(layer, x + patch->box.x, y + patch->box.y);
    result_write_pixels(GIMP_DRAWABLE(layer), patch->picture);
    result_attach_text(layer, edit);
    return layer;
}

static GimpLayer *insert_box(const Gimp *gimp, const Edit *edit, const Laying *laying) {
    GimpLayer *layer = layer_of_patch(gimp, edit, laying->ground_name, &laying->ground);
    if (!layer)
        return NULL;
    add_mask(layer, &laying->ground);
    stack_mark(layer, gimp->layer);
    return insert_above(gimp, layer, top_of(gimp)) ? layer : NULL;
}

// The object above its ground, free to be moved on. `source`: what it is a result on.
static GimpLayer *insert_object(const Gimp *gimp, const Edit *edit, const Laying *laying, GimpLayer *ground,
                                GimpLayer *source) {
    GimpLayer *layer = layer_of_patch(gimp, edit, laying->object_name, &laying->object);
    if (!layer)
        return NULL;
    stack_mark(layer, source);
    return insert_above(gimp, layer, ground) ? layer : NULL;
}

// A lock on what is seen keeps GIMP's users from it, not us: the layer has another one in its place.
static void hide(GimpLayer *layer) {
    GimpItem *item = GIMP_ITEM(layer);
    gboolean is_locked = gimp_item_get_lock_visibility(item);
    if (is_locked)
        gimp_item_set_lock_visibility(item, FALSE);
    gimp_item_set_visible(item, FALSE);
    if (is_locked)
        gimp_item_set_lock_visibility(item, TRUE);
}

// Where a layer above the source could not show the result: an edited copy takes the place of the source and of the
// results on it, which are hidden.
static GimpLayer *insert_copy(const Gimp *gimp, const Edit *edit, const Material *material, const Laying *laying) {
    GimpLayer *layer = copying_layer(gimp->layer);
    if (!layer)
        return NULL;
    gimp_item_set_name(GIMP_ITEM(layer), laying->ground_name);
    result_attach_text(layer, edit);
    // Before the layer is in the image: a group around it may be locked.
    Patch mixed = patch_mixed(&laying->ground, material->picture, gimp->covered);
    write_mixed(GIMP_DRAWABLE(layer), &mixed);
    patch_clear(&mixed);
    if (!insert_above(gimp, layer, top_of(gimp)))
        return NULL;
    hide(gimp->layer);
    for (guint i = 0; i < gimp->results->len; i++)
        hide(g_ptr_array_index(gimp->results, i));
    return layer;
}

// Whether a layer above the source would show as the source does: nothing of that shines through, is mixed or hidden.
static gboolean is_plain(GimpLayer *source) {
    GimpLayerMode mode = gimp_layer_get_mode(source);
    gboolean is_normal = mode == GIMP_LAYER_MODE_NORMAL || mode == GIMP_LAYER_MODE_NORMAL_LEGACY ||
                         (gimp_item_is_group(GIMP_ITEM(source)) && mode == GIMP_LAYER_MODE_PASS_THROUGH);
    gboolean is_masked = gimp_layer_get_mask(source) && gimp_layer_get_apply_mask(source);
    return is_normal && !is_masked && gimp_layer_get_opacity(source) >= 100;
}

// The uppermost of the new layers.
static GimpLayer *insert_laying(const Gimp *gimp, const Edit *edit, const Material *material, const Laying *laying) {
    gboolean takes_place = !is_plain(gimp->layer) || patch_erases(&laying->ground, material->picture);
    GimpLayer *ground = takes_place ? insert_copy(gimp, edit, material, laying) : insert_box(gimp, edit, laying);
    if (!ground || !laying->object.picture)
        return ground;
    return insert_object(gimp, edit, laying, ground, takes_place ? ground : gimp->layer);
}

static gboolean is_open(const Gimp *gimp) {
    return gimp_image_is_valid(gimp->image) && (!gimp->display || gimp_display_is_valid(gimp->display)) &&
           layer_is_open(gimp->layer) && gimp_item_get_image(GIMP_ITEM(gimp->layer)) == gimp->image;
}

HostLayer *result_insert(Host *host, const Edit *edit, const Material *material, dragon_result *result,
                         GError **error) {
    Gimp *gimp = (Gimp *)host;
    if (!is_open(gimp)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The image or its layer was closed in the meantime."));
        return NULL;
    }
    // What an object would show through, or be mixed with, is no ground to lie above.
    Laying laying = laying_of_result(edit, result, material->picture->format, is_plain(gimp->layer));
    gboolean indexed = gimp_image_get_base_type(gimp->image) == GIMP_INDEXED;
    gimp_image_undo_group_start(gimp->image);
    if (indexed)
        gimp_image_convert_rgb(gimp->image);
    GimpLayer *layer = insert_laying(gimp, edit, material, &laying);
    gimp_image_undo_group_end(gimp->image);
    gimp_displays_flush();
    laying_clear(&laying);
    if (!layer)
        g_set_error_literal(error, WORDS_ERROR, 0, _("GIMP did not take the new layer."));
    else if (indexed)
        gimp_message(_("The image was converted to RGB: its palette could not hold the result. Undo brings the palette "
                       "back."));
    return layer ? host_layer_of(gimp, layer) : NULL;
}
