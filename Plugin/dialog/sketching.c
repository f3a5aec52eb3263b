#include "sketching.h"

#include "objects.h"

void sketching_set_outline(Session *session, const GArray *points) {
    Sketch *sketch = session_sketch(session);
    session_begin_step(session, STEP_OWN);
    sketch_clear(sketch);
    g_array_append_vals(sketch->outline, points->data, points->len);
    objects_take_new(session);
}

gboolean sketching_takes_marks(const Session *session) {
    const Edit *edit = session->edit;
    // In a region that is drawn there is nothing to find.
    return session->sight.shows_reference || edit->mode->mask == MASK_OBJECT ||
           (edit->mode->mask == MASK_REGION && !sketch_has_outline(edit->sketch));
}

void sketching_add_mark(Session *session, dragon_point at, gboolean is_beside) {
    Sketch *sketch = session_sketch(session);
    Mark mark = {at, is_beside};
    gboolean is_first = !sketch_means_object(sketch);
    // Beside nothing is nowhere.
    if ((is_first && is_beside) || sketch->marks->len >= DRAGON_MOST_POINTS)
        return;
    session_begin_step(session, STEP_OWN);
    if (is_first)
        sketch_clear(sketch);
    // Who points at something wants it found.
    session->edit->as_drawn = FALSE;
    g_array_append_val(sketch->marks, mark);
    session_show_result(session, -1);
    if (is_first)
        objects_take_new(session);
    else
        objects_take(session);
}

void sketching_remove_mark(Session *session, guint index) {
    Sketch *sketch = session_sketch(session);
    if (index >= sketch->marks->len)
        return;
    session_begin_step(session, STEP_OWN);
    g_array_remove_index(sketch->marks, index);
    session_show_result(session, -1);
    if (sketch_means_object(sketch)) {
        objects_take(session);
        return;
    }
    sketch_clear(sketch);
    objects_take_new(session);
    // What is selected counts again, as it is now.
    objects_look(session);
}

gboolean sketching_has_choice(const Session *session) {
    const Edit *edit = session->edit;
    // An object that arrows hold without a region is let go by taking that back.
    gboolean has_region = edit->mode->mask == MASK_REGION && session->material->mask && !edit_holds(edit);
    return has_region || (edit->mode->mask == MASK_OBJECT && sketch_has_outline(edit->sketch)) ||
           sketch_has_outline(edit->reference_sketch);
}

void sketching_set_as_drawn(Session *session, gboolean as_drawn) {
    session_begin_step(session, STEP_OWN);
    session->edit->as_drawn = as_drawn;
    session_show_result(session, -1);
    objects_take(session);
}
