#include "history.h"

// Steps of one kind that follow each other faster are one.
static const gint64 PAUSE_MICROSECONDS = 1000000;
// No hand needs more; each is as large as its outline.
static const guint MOST_STEPS = 200;

struct History {
    /// Of Edit, which only carry what is drawn and placed. At least one.
    GPtrArray *steps;
    guint present;
    /// Whether the next change is another step.
    gboolean is_begun;
    StepKind kind;
    gint64 begun_at;
};

// --- What is drawn and placed ----------------------------------------------------------------------------------------

static void place(const Edit *from, Edit *to) {
    to->displacement = from->displacement;
    to->resize = from->resize;
    to->rotate = from->rotate;
    to->is_flipped = from->is_flipped;
    to->as_drawn = from->as_drawn;
    to->takes_shadow = from->takes_shadow;
    g_array_set_size(to->arrows, 0);
    g_array_append_vals(to->arrows, from->arrows->data, from->arrows->len);
    sketch_free(to->sketch);
    sketch_free(to->reference_sketch);
    to->sketch = sketch_copy(from->sketch);
    to->reference_sketch = sketch_copy(from->reference_sketch);
}

static Edit *placed_as(const Edit *edit) {
    Edit *copy = edit_new(edit->mode);
    place(edit, copy);
    return copy;
}

static gboolean points_equal(dragon_point a, dragon_point b) {
    return a.x == b.x && a.y == b.y;
}

static gboolean arrows_equal(const GArray *a, const GArray *b) {
    gboolean is_equal = a->len == b->len;
    for (guint i = 0; is_equal && i < a->len; i++) {
        Arrow first = g_array_index(a, Arrow, i), second = g_array_index(b, Arrow, i);
        is_equal = points_equal(first.from, second.from) && points_equal(first.to, second.to);
    }
    return is_equal;
}

static gboolean is_placed_as(const Edit *a, const Edit *b) {
    return points_equal(a->displacement, b->displacement) && a->resize == b->resize && a->rotate == b->rotate &&
           a->is_flipped == b->is_flipped && a->as_drawn == b->as_drawn && a->takes_shadow == b->takes_shadow &&
           arrows_equal(a->arrows, b->arrows) && sketch_equal(a->sketch, b->sketch) &&
           sketch_equal(a->reference_sketch, b->reference_sketch);
}

// --- Steps -----------------------------------------------------------------------------------------------------------

static void free_step(gpointer step) {
    edit_free(step);
}

History *history_new(const Edit *edit) {
    History *history = g_new0(History, 1);
    history->steps = g_ptr_array_new_with_free_func(free_step);
    g_ptr_array_add(history->steps, placed_as(edit));
    return history;
}

void history_free(History *history) {
    g_ptr_array_unref(history->steps);
    g_free(history);
}

void history_begin_step(History *history, StepKind kind, gint64 now) {
    gboolean goes_on = kind != STEP_OWN && kind == history->kind && now - history->begun_at < PAUSE_MICROSECONDS;
    if (!goes_on)
        history->is_begun = TRUE;
    history->kind = kind;
    history->begun_at = now;
}

void history_end_step(History *history) {
    history->is_begun = FALSE;
}

static void add_step(History *history, const Edit *edit) {
    g_ptr_array_set_size(history->steps, (gint)history->present + 1);
    g_ptr_array_add(history->steps, placed_as(edit));
    if (history->steps->len > MOST_STEPS)
        g_ptr_array_remove_index(history->steps, 0);
    history->present = history->steps->len - 1;
    history->is_begun = FALSE;
}

void history_follow(History *history, const Edit *edit) {
    Edit *present = g_ptr_array_index(history->steps, history->present);
    if (is_placed_as(present, edit))
        return;
    if (history->is_begun)
        add_step(history, edit);
    else
        place(edit, present);
}

gboolean history_can_undo(const History *history) {
    return history->present > 0;
}

gboolean history_can_redo(const History *history) {
    return history->present + 1 < history->steps->len;
}

static gboolean go_to(History *history, guint step, Edit *edit) {
    history->present = step;
    history->is_begun = FALSE;
    // What follows is a step of its own.
    history->kind = STEP_OWN;
    place(g_ptr_array_index(history->steps, step), edit);
    return TRUE;
}

gboolean history_undo(History *history, Edit *edit) {
    return history_can_undo(history) && go_to(history, history->present - 1, edit);
}

gboolean history_redo(History *history, Edit *edit) {
    return history_can_redo(history) && go_to(history, history->present + 1, edit);
}
