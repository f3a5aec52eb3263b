#include "edit.h"

Edit *edit_new(const Mode *mode) {
    Edit *edit = g_new0(Edit, 1);
    edit->mode = mode;
    edit->prompt = g_strdup("");
    edit->source_prompt = g_strdup("");
    edit->reference_prompt = g_strdup("");
    edit->model = g_strdup("");
    edit->lora = g_strdup("");
    edit->lora_scale = 1;
    options_clear(&edit->options);
    edit->resize = 1;
    edit->arrows = g_array_new(FALSE, TRUE, sizeof(Arrow));
    edit->sketch = sketch_new();
    edit->reference_sketch = sketch_new();
    return edit;
}

Edit *edit_copy(const Edit *edit) {
    Edit *copy = g_new(Edit, 1);
    *copy = *edit;
    copy->prompt = g_strdup(edit->prompt);
    copy->source_prompt = g_strdup(edit->source_prompt);
    copy->reference_prompt = g_strdup(edit->reference_prompt);
    copy->model = g_strdup(edit->model);
    copy->lora = g_strdup(edit->lora);
    copy->arrows = g_array_copy(edit->arrows);
    copy->sketch = sketch_copy(edit->sketch);
    copy->reference_sketch = sketch_copy(edit->reference_sketch);
    return copy;
}

void edit_free(Edit *edit) {
    if (!edit)
        return;
    g_free(edit->prompt);
    g_free(edit->source_prompt);
    g_free(edit->reference_prompt);
    g_free(edit->model);
    g_free(edit->lora);
    g_array_unref(edit->arrows);
    sketch_free(edit->sketch);
    sketch_free(edit->reference_sketch);
    g_free(edit);
}

void edit_lay_as(Edit *edit, const Edit *other) {
    edit->lays_apart = other->lays_apart;
    edit->edits_frames = other->edits_frames;
    edit->frame_shift = other->frame_shift;
    edit->takes_channels = other->takes_channels;
}

gboolean edit_stays(const Edit *edit) {
    return edit->displacement.x == 0 && edit->displacement.y == 0 && edit->resize == 1 && edit->rotate == 0 &&
           !edit->is_flipped;
}

void edit_put_back(Edit *edit) {
    edit->displacement = (dragon_point){0};
    edit->resize = 1;
    edit->rotate = 0;
    edit->is_flipped = FALSE;
}

static dragon_point shifted(dragon_point at, dragon_point shift) {
    return (dragon_point){at.x + shift.x, at.y + shift.y};
}

void edit_shift(Edit *edit, dragon_point shift) {
    for (guint i = 0; i < edit->arrows->len; i++) {
        Arrow *arrow = &g_array_index(edit->arrows, Arrow, i);
        *arrow = (Arrow){shifted(arrow->from, shift), shifted(arrow->to, shift)};
    }
    sketch_shift(edit->sketch, shift);
    // It leads from another picture's pixels to these.
    if (edit->mode->carries == CARRIES_REFERENCE)
        edit->displacement = shifted(edit->displacement, shift);
}

gboolean edit_holds(const Edit *edit) {
    // What is drawn around is a region: an area, not an object.
    return edit->mode->mask == MASK_REGION && !sketch_has_outline(edit->sketch) && sketch_means_object(edit->sketch) &&
           !edit->as_drawn;
}

// Whether what the edit's arrows begin on is to be found.
static gboolean has_grips(const Edit *edit) {
    return edit->mode->mask == MASK_REGION && !edit->as_drawn && edit->arrows->len > 0;
}

gboolean edit_hold(Edit *edit) {
    if (!has_grips(edit) || sketch_means_object(edit->sketch))
        return FALSE;
    GArray *points = edit_grips(edit);
    sketch_set_points(edit->sketch, FALSE, points);
    g_array_unref(points);
    return TRUE;
}

gboolean edit_grasps(const Edit *edit) {
    return has_grips(edit) && !edit_holds(edit);
}

GArray *edit_grips(const Edit *edit) {
    GArray *points = g_array_new(FALSE, FALSE, sizeof(dragon_point));
    for (guint i = 0; i < edit->arrows->len; i++)
        g_array_append_val(points, g_array_index(edit->arrows, Arrow, i).from);
    return points;
}

gboolean edit_finds(const Edit *edit, const Sketch *sketch) {
    if (sketch == edit->sketch && edit->mode->mask != MASK_OBJECT)
        return edit_holds(edit);
    return sketch_means_object(sketch) && !(edit->as_drawn && sketch_has_outline(sketch));
}

gboolean edit_takes_shadow(const Edit *edit) {
    // What is left to the network alone is not told of shadows.
    return edit->takes_shadow && edit->mode->shadow_label && edit->options.at[OPTION_PLATE] != 0;
}

gboolean edit_sketches(const Edit *edit, const Sketch *sketch) {
    return sketch_has_outline(sketch) || edit_finds(edit, sketch);
}
