#include "reading.h"

#include <math.h>
#include "finding.h"

static Mask *mask_of_alpha(const Picture *picture) {
    if (!picture_has_transparency(picture))
        return NULL;
    Mask *mask = mask_new(picture->width, picture->height);
    for (int y = 0; y < mask->height; y++)
        for (int x = 0; x < mask->width; x++)
            mask->bytes[(gsize)y * mask->width + x] = (guint8)(CLAMP(picture_alpha(picture, x, y), 0, 1) * 255 + 0.5);
    return mask;
}

Mask *reading_object(Host *host, const Mode *mode, HostLayer *layer, const Picture *picture) {
    // The picture's own selection may be the object that changes.
    gboolean is_taken = mode->mask == MASK_OBJECT && host->shares_selection(host, layer);
    Mask *mask = is_taken ? NULL : host->read_selection(host, layer);
    if (!mask)
        mask = host->read_layer_mask(host, layer);
    return mask ? mask : mask_of_alpha(picture);
}

// The object that a sketch means; where it cannot be found, what is drawn counts.
static gboolean read_sketch(const Edit *edit, const Sketch *sketch, Finding *finding, Mask **mask, GError **error) {
    const Picture *picture = finding_picture(finding);
    GError *reason = NULL;
    *mask = NULL;
    if (edit_finds(edit, sketch))
        *mask = finding_object(finding, sketch, &reason);
    if (!*mask)
        *mask = sketch_enclosed(sketch, picture->width, picture->height);
    if (*mask || !reason)
        g_clear_error(&reason);
    else
        g_propagate_error(error, reason);
    return *mask != NULL;
}

static gboolean read_object(Host *host, const Edit *edit, HostLayer *layer, Finding *finding, Material *material,
                            GError **error) {
    if (edit_sketches(edit, edit->sketch))
        return read_sketch(edit, edit->sketch, finding, &material->mask, error);
    material->mask = host->read_selection(host, layer);
    return TRUE;
}

// The object, and its shadow where that is wanted.
static gboolean read_cast_object(Host *host, const Edit *edit, HostLayer *layer, Material *material, GError **error) {
    Finding *finding = finding_new(material->picture);
    gboolean good = read_object(host, edit, layer, finding, material, error);
    if (good && edit_takes_shadow(edit) && material->mask && mask_has_set(material->mask))
        material->shadow = finding_shadow(finding, material->mask);
    finding_free(finding);
    return good;
}

static gboolean read_reference_sketch(const Edit *edit, Material *material, GError **error) {
    Finding *finding = finding_new(material->reference);
    gboolean good = read_sketch(edit, edit->reference_sketch, finding, &material->reference_mask, error);
    finding_free(finding);
    return good;
}

static gboolean read_reference_object(Host *host, const Edit *edit, HostLayer *reference, Material *material,
                                      GError **error) {
    if (edit_sketches(edit, edit->reference_sketch))
        return read_reference_sketch(edit, material, error);
    material->reference_mask = reading_object(host, edit->mode, reference, material->reference);
    return TRUE;
}

gboolean reading_objects(Host *host, const Edit *edit, HostLayer *layer, HostLayer *reference, Material *material,
                         GError **error) {
    if (!read_cast_object(host, edit, layer, material, error))
        return FALSE;
    if (!mode_takes(edit->mode, ARGUMENT_REFERENCE) || !reference)
        return TRUE;
    material->reference = host->read_picture(host, reference, error);
    return material->reference && read_reference_object(host, edit, reference, material, error);
}

gboolean reading_material(Host *host, const Edit *edit, HostLayer *reference, Material *material, GError **error) {
    material->picture = host->read_picture(host, host->base, error);
    return material->picture && reading_objects(host, edit, host->base, reference, material, error);
}

void reading_held(Edit *edit, Material *material) {
    if (material->mask || !edit_hold(edit))
        return;
    Finding *finding = finding_new(material->picture);
    if (!read_sketch(edit, edit->sketch, finding, &material->mask, NULL))
        sketch_clear(edit->sketch);
    finding_free(finding);
}

void reading_grasped(const Edit *edit, Material *material) {
    Hold hold = material_hold(material, edit);
    if (!hold.region)
        return;
    Finding *finding = finding_new(material->picture);
    finding_hold(finding, &hold);
    mask_free(material->held);
    material->held = mask_hold(hold.object);
    hold_clear(&hold);
    finding_free(finding);
}

void reading_place_object(Edit *edit, const Mask *reference_mask, dragon_point place) {
    Box box;
    if (!reference_mask || !mask_bounds(reference_mask, &box))
        return;
    // By whole pixels, so that the object's own are not mixed.
    edit->displacement =
        (dragon_point){round(place.x - (box.x + box.width / 2.0)), round(place.y - (box.y + box.height / 2.0))};
}

// The selected paths' strokes, in the material's pixels.
static GArray *read_arrows(Host *host, gboolean ends, dragon_point origin) {
    GArray *arrows = host->read_arrows(host, ends);
    for (guint i = 0; i < arrows->len; i++) {
        Arrow *arrow = &g_array_index(arrows, Arrow, i);
        *arrow = (Arrow){{arrow->from.x + origin.x, arrow->from.y + origin.y},
                         {arrow->to.x + origin.x, arrow->to.y + origin.y}};
    }
    return arrows;
}

void reading_path(Host *host, Edit *edit, const Material *material, dragon_point origin, const dragon_point *place) {
    gboolean stays = edit->displacement.x == 0 && edit->displacement.y == 0;
    gboolean places = mode_takes(edit->mode, ARGUMENT_PLACE);
    GArray *arrows = read_arrows(host, places, origin);
    Arrow last = arrows->len ? g_array_index(arrows, Arrow, arrows->len - 1) : (Arrow){0};
    const Picture *picture = material->picture;
    if (mode_takes(edit->mode, ARGUMENT_ARROWS) && edit->arrows->len == 0)
        g_array_append_vals(edit->arrows, arrows->data, arrows->len);
    else if (mode_takes(edit->mode, ARGUMENT_SHIFT) && stays && arrows->len)
        edit->displacement = (dragon_point){last.to.x - last.from.x, last.to.y - last.from.y};
    else if (places && place)
        reading_place_object(edit, material->reference_mask, (dragon_point){place->x + origin.x, place->y + origin.y});
    else if (places && arrows->len)
        reading_place_object(edit, material->reference_mask, last.to);
    else if (places && stays && picture)
        reading_place_object(edit, material->reference_mask,
                             (dragon_point){picture->width / 2.0, picture->height / 2.0});
    g_array_unref(arrows);
}
