#include "results.h"

static void outcome_free(gpointer data) {
    Outcome *outcome = data;
    dragon_result_free(outcome->result);
    g_clear_pointer(&outcome->surface, cairo_surface_destroy);
    edit_free(outcome->edit);
    material_clear(&outcome->made_from);
    g_free(outcome);
}

void results_begin(Results *results) {
    *results = (Results){g_ptr_array_new_with_free_func(outcome_free), -1};
}

void results_end(Results *results) {
    g_ptr_array_unref(results->list);
}

void results_keep(Results *results, dragon_result *result, Edit *edit, const Material *material, guint source,
                  const Screen *base) {
    Outcome *outcome = g_new0(Outcome, 1);
    Picture *shown = engine_result_over(base->picture, result, base->scale);
    outcome->result = result;
    outcome->surface = screen_surface(shown);
    outcome->edit = edit;
    outcome->made_from.mask = mask_hold(material->mask);
    outcome->made_from.reference = picture_hold(material->reference);
    outcome->made_from.reference_mask = mask_hold(material->reference_mask);
    outcome->source = source;
    outcome->made_pixels = engine_result_made_pixels(result);
    picture_free(shown);
    g_ptr_array_add(results->list, outcome);
    results->shown = (int)results->list->len - 1;
}

Outcome *results_shown(const Results *results) {
    return results->shown < 0 ? NULL : g_ptr_array_index(results->list, results->shown);
}

const Outcome *results_find(const Results *results, const Edit *edit, const Material *material, guint source,
                            gboolean with_seed) {
    for (guint i = 0; i < results->list->len; i++) {
        const Outcome *outcome = g_ptr_array_index(results->list, i);
        if (outcome->source == source && edit_asks_same(outcome->edit, edit, with_seed) &&
            material_masks_equal(&outcome->made_from, material))
            return outcome;
    }
    return NULL;
}
