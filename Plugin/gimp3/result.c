#include "result.h"

#include <string.h>
#include "buffers.h"
#include "colours.h"
#include "copying.h"
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

static void write_pixels(GimpDrawable *drawable, const Picture *picture) {
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

static void attach_text(GimpLayer *layer, const Edit *edit) {
    char *text = edit_to_text(edit);
    GimpParasite *parasite = gimp_parasite_new("dragon-edit", GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE,
                                               (guint32)strlen(text) + 1, text);
    gimp_item_attach_parasite(GIMP_ITEM(layer), parasite);
    gimp_parasite_free(parasite);
    g_free(text);
}

static gboolean insert_above(const Gimp *gimp, GimpLayer *layer) {
    GimpItem *below = GIMP_ITEM(layer_is_open(gimp->top) ? gimp->top : gimp->layer);
    GimpItem *parent = gimp_item_get_parent(below);
    if (gimp_image_insert_layer(gimp->image, layer, parent ? GIMP_LAYER(parent) : NULL,
                                gimp_image_get_item_position(gimp->image, below)))
        return TRUE;
    gimp_item_delete(GIMP_ITEM(layer));
    return FALSE;
}

static GimpLayer *insert_box(const Gimp *gimp, const Edit *edit, const Patch *patch) {
    gboolean gray = gimp_image_get_base_type(gimp->image) == GIMP_GRAY;
    GimpLayer *layer = gimp_layer_new(gimp->image, mode_name(edit->mode), patch->box.width, patch->box.height,
                                      gray ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
    if (!layer)
        return NULL;
    // The engine's mask mixes perceptual values; linear mixing would show its soft border as a halo.
    gimp_layer_set_composite_space(layer, GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL);
    // The source may have been moved since the dialog read it.
    int x, y;
    gimp_drawable_get_offsets(GIMP_DRAWABLE(gimp->layer), &x, &y);
    gimp_layer_set_offsets(layer, x + patch->box.x, y + patch->box.y);
    write_pixels(GIMP_DRAWABLE(layer), patch->picture);
    add_mask(layer, patch);
    attach_text(layer, edit);
    stack_mark(layer, gimp->layer);
    return insert_above(gimp, layer) ? layer : NULL;
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
static GimpLayer *insert_copy(const Gimp *gimp, const Edit *edit, const Material *material, const Patch *patch) {
    GimpLayer *layer = copying_layer(gimp->layer);
    if (!layer)
        return NULL;
    gimp_item_set_name(GIMP_ITEM(layer), mode_name(edit->mode));
    attach_text(layer, edit);
    // Before the layer is in the image: a group around it may be locked.
    Patch mixed = patch_mixed(patch, material->picture, gimp->covered);
    write_mixed(GIMP_DRAWABLE(layer), &mixed);
    patch_clear(&mixed);
    if (!insert_above(gimp, layer))
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

static GimpLayer *insert_patch(const Gimp *gimp, const Edit *edit, const Material *material, const Patch *patch) {
    return !is_plain(gimp->layer) || patch_erases(patch, material->picture) ? insert_copy(gimp, edit, material, patch)
                                                                            : insert_box(gimp, edit, patch);
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
    Patch patch = patch_of_result(result, material->picture->format);
    gboolean indexed = gimp_image_get_base_type(gimp->image) == GIMP_INDEXED;
    gimp_image_undo_group_start(gimp->image);
    if (indexed)
        gimp_image_convert_rgb(gimp->image);
    GimpLayer *layer = insert_patch(gimp, edit, material, &patch);
    gimp_image_undo_group_end(gimp->image);
    gimp_displays_flush();
    patch_clear(&patch);
    if (!layer)
        g_set_error_literal(error, WORDS_ERROR, 0, _("GIMP did not take the new layer."));
    else if (indexed)
        gimp_message(_("The image was converted to RGB: its palette could not hold the result. Undo brings the palette "
                       "back."));
    return layer ? host_layer_of(gimp, layer) : NULL;
}
