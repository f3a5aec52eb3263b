#include "batch.h"

#include "words.h"

const char *batch_missing(Missing missing) {
    switch (missing) {
    case MISSING_OBJECT:
        return _("No object: select it on the layer first.");
    case MISSING_DISPLACEMENT:
        return _("No displacement: give one, or draw a path from the object to its new place.");
    case MISSING_FACTOR:
        return _("No change of size: give a factor other than 1.");
    case MISSING_ARROWS:
        return _("No points: give some, or draw a path whose strokes lead from each point to its new place.");
    case MISSING_REFERENCE:
        return _("No reference: name the layer that shows the other object.");
    case MISSING_REFERENCE_OBJECT:
        return _("No object on the reference: select it there, or give that layer a mask or transparency around it.");
    default:
        return NULL;
    }
}

// Brings the middle of the reference's object to a place of the layer.
static void place_object(Edit *edit, const Material *material, dragon_point place) {
    Box box;
    if (!material->reference_mask || !mask_bounds(material->reference_mask, &box))
        return;
    edit->displacement = (dragon_point){place.x - (box.x + box.width / 2.0), place.y - (box.y + box.height / 2.0)};
}

void batch_take_path(const Host *host, Edit *edit, const Material *material, const Call *call) {
    gboolean stays = edit->displacement.x == 0 && edit->displacement.y == 0;
    gboolean pastes = edit->mode == DRAGON_PASTE;
    GArray *arrows = host_arrows(host, pastes);
    Arrow last = arrows->len ? g_array_index(arrows, Arrow, arrows->len - 1) : (Arrow){0};
    if (mode_uses_arrows(edit->mode) && edit->arrows->len == 0)
        g_array_append_vals(edit->arrows, arrows->data, arrows->len);
    else if (edit->mode == DRAGON_MOVE && stays && arrows->len)
        edit->displacement = (dragon_point){last.to.x - last.from.x, last.to.y - last.from.y};
    else if (pastes && call->has_place)
        place_object(edit, material, (dragon_point){call->place.x - host->offset_x, call->place.y - host->offset_y});
    else if (pastes && arrows->len)
        place_object(edit, material, last.to);
    else if (pastes && stays && material->picture)
        place_object(edit, material, (dragon_point){material->picture->width / 2.0, material->picture->height / 2.0});
    g_array_unref(arrows);
}

static int32_t tell(const dragon_progress *progress, void *user_data) {
    (void)user_data;
    gimp_progress_update(progress->fraction);
    return 0;
}

static gint32 run_on(const Host *host, Edit *edit, const Material *material, GError **error) {
    Missing missing = request_missing(edit, material);
    if (missing != MISSING_NOTHING) {
        g_set_error_literal(error, WORDS_ERROR, 0, batch_missing(missing));
        return -1;
    }
    Engine *engine = engine_new();
    gint32 layer = -1;
    dragon_result *result = engine_run(engine, edit, material, tell, NULL, error);
    if (result) {
        layer = host_insert(host, edit, material, result, error);
        dragon_result_free(result);
    }
    engine_free(engine);
    return layer;
}

gint32 batch_run(const Host *host, Edit *edit, const Call *call, GError **error) {
    gint32 layer = -1;
    Material material = {0};
    if (mode_needs_reference(edit->mode) && call->reference != -1 &&
        !(gimp_item_is_valid(call->reference) && gimp_item_is_layer(call->reference))) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The reference is no layer."));
        return -1;
    }
    gimp_progress_init(edit_mode_name(edit->mode));
    if (host_read_material(host, edit, call->reference, &material, error)) {
        batch_take_path(host, edit, &material, call);
        layer = run_on(host, edit, &material, error);
    }
    gimp_progress_end();
    material_clear(&material);
    return layer;
}
