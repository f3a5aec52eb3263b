#include "request.h"

#include <math.h>

void material_clear(Material *material) {
    picture_free(material->picture);
    mask_free(material->mask);
    mask_free(material->held);
    mask_free(material->shadow);
    picture_free(material->reference);
    mask_free(material->reference_mask);
    *material = (Material){0};
}

gboolean material_masks_equal(const Material *a, const Material *b) {
    return mask_equal(a->mask, b->mask) && mask_equal(a->reference_mask, b->reference_mask);
}

static gboolean lacks_object(const Mask *mask) {
    return !mask || !mask_has_set(mask);
}

Hold material_hold(const Material *material, const Edit *edit) {
    gboolean is_asked = edit_grasps(edit) && !lacks_object(material->mask);
    return is_asked ? hold_of(material->mask, edit_grips(edit)) : (Hold){0};
}

Missing request_missing(const Edit *edit, const Material *material) {
    const Mode *mode = edit->mode;
    if (mode->mask == MASK_OBJECT && lacks_object(material->mask))
        return material->mask && mask_has_any(material->mask) ? MISSING_FIRM_OBJECT : MISSING_OBJECT;
    if (mode_takes(mode, ARGUMENT_REFERENCE) && !material->reference)
        return MISSING_REFERENCE;
    if (mode_takes(mode, ARGUMENT_REFERENCE) && lacks_object(material->reference_mask))
        return MISSING_REFERENCE_OBJECT;
    if (mode_takes(mode, ARGUMENT_ARROWS) && edit->arrows->len == 0)
        return MISSING_ARROWS;
    return edit_stays(edit) ? mode->unless_changed : MISSING_NOTHING;
}

static dragon_point scaled(dragon_point point, double scale) {
    return (dragon_point){point.x * scale, point.y * scale};
}

static void fill_arrows(Request *request, const GArray *arrows, double scale) {
    request->handles = g_new(dragon_point, arrows->len + 1);
    request->targets = g_new(dragon_point, arrows->len + 1);
    for (guint i = 0; i < arrows->len; i++) {
        Arrow arrow = g_array_index(arrows, Arrow, i);
        request->handles[i] = scaled(arrow.from, scale);
        request->targets[i] = scaled(arrow.to, scale);
    }
    request->engine.handles = request->handles;
    request->engine.targets = request->targets;
    request->engine.point_count = arrows->len;
}

void request_fill(Request *request, const Edit *edit, const Material *material, double scale, double reference_scale) {
    *request = (Request){0};
    dragon_request *engine = &request->engine;
    engine->size = sizeof *engine;
    engine->mode = edit->mode->mode;
    engine->picture = picture_view(material->picture);
    if (edit_holds(edit))
        engine->held = mask_view(material->mask);
    else if (edit->mode->mask != MASK_NONE)
        engine->mask = mask_view(material->mask);
    if (edit_grasps(edit) && material->mask)
        engine->held = mask_view(material->held);
    if (edit_takes_shadow(edit))
        engine->shadow = mask_view(material->shadow);
    if (mode_takes(edit->mode, ARGUMENT_REFERENCE)) {
        engine->reference = picture_view(material->reference);
        engine->reference_mask = mask_view(material->reference_mask);
    }
    if (mode_takes(edit->mode, ARGUMENT_ARROWS))
        fill_arrows(request, edit->arrows, scale);
    engine->displacement = scaled(edit->displacement, scale);
    engine->resize = edit->resize;
    engine->rotate = edit->rotate;
    engine->flip = edit->is_flipped;
    // A reference shrunk otherwise than the picture: its object is resized about its middle, which must come to lie at
    // the same place.
    Box box;
    if (edit->mode->carries == CARRIES_REFERENCE && material->reference_mask && reference_scale != scale &&
        mask_bounds(material->reference_mask, &box)) {
        double x = (box.x + box.width / 2.0) / reference_scale, y = (box.y + box.height / 2.0) / reference_scale;
        engine->displacement.x = (edit->displacement.x + x) * scale - x * reference_scale;
        engine->displacement.y = (edit->displacement.y + y) * scale - y * reference_scale;
        engine->resize = edit->resize * scale / reference_scale;
    }
    engine->prompt = edit->prompt;
    engine->source_prompt = edit->source_prompt[0] ? edit->source_prompt : NULL;
    engine->reference_prompt = edit->reference_prompt[0] ? edit->reference_prompt : NULL;
}

void request_clear(Request *request) {
    g_free(request->handles);
    g_free(request->targets);
    *request = (Request){0};
}
