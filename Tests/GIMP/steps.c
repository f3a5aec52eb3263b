// The plug-in's plain C: what is drawn and placed, taken back and done again.
#include "check.h"
#include "history.h"

static const gint64 SECOND = 1000000;

static void shift(History *history, Edit *edit, double x, StepKind kind, gint64 now) {
    history_begin_step(history, kind, now);
    edit->displacement.x = x;
    history_follow(history, edit);
}

// A drag is one step; what follows at once in a number field too; after a pause it is another.
static void test_merging(void) {
    Edit *edit = edit_new(mode_of(DRAGON_MOVE));
    History *history = history_new(edit);
    CHECK(!history_can_undo(history) && !history_undo(history, edit) && !history_redo(history, edit));
    history_begin_step(history, STEP_OWN, 0);
    for (int i = 1; i <= 5; i++) {
        edit->displacement.x = i;
        history_follow(history, edit);
    }
    CHECK(history_undo(history, edit) && edit->displacement.x == 0 && !history_can_undo(history));
    CHECK(history_redo(history, edit) && edit->displacement.x == 5 && !history_can_redo(history));
    shift(history, edit, 6, STEP_SHIFT, SECOND);
    shift(history, edit, 7, STEP_SHIFT, SECOND + SECOND / 2);
    shift(history, edit, 8, STEP_SHIFT, 4 * SECOND);
    history_begin_step(history, STEP_SIZE, 4 * SECOND);
    edit->resize = 2;
    history_follow(history, edit);
    CHECK(history_undo(history, edit) && edit->resize == 1 && edit->displacement.x == 8);
    CHECK(history_undo(history, edit) && edit->displacement.x == 7);
    CHECK(history_undo(history, edit) && edit->displacement.x == 5);
    history_free(history);
    edit_free(edit);
}

// A new step takes the place of those that were taken back; one that changes nothing is none; what is not the user's is
// none either.
static void test_branches(void) {
    Edit *edit = edit_new(mode_of(DRAGON_PASTE));
    History *history = history_new(edit);
    shift(history, edit, 1, STEP_OWN, 0);
    shift(history, edit, 2, STEP_OWN, 0);
    history_undo(history, edit);
    history_begin_step(history, STEP_OWN, 0);
    history_follow(history, edit);
    CHECK(history_can_redo(history));
    shift(history, edit, 3, STEP_OWN, 0);
    CHECK(!history_can_redo(history));
    history_begin_step(history, STEP_OWN, 0);
    history_end_step(history);
    edit->displacement.y = 9;
    history_follow(history, edit);
    CHECK(history_undo(history, edit) && edit->displacement.x == 1 && edit->displacement.y == 0);
    CHECK(history_redo(history, edit) && edit->displacement.x == 3 && edit->displacement.y == 9);
    for (int i = 0; i < 1000; i++)
        shift(history, edit, 10 + i, STEP_OWN, 0);
    guint steps = 0;
    while (history_undo(history, edit))
        steps++;
    CHECK(steps == 199 && edit->displacement.x == 810);
    history_free(history);
    edit_free(edit);
}

// Outlines, clicks and arrows come back as they were; words and settings stay as they are.
static void test_parts(void) {
    Edit *edit = edit_new(mode_of(DRAGON_MOVE));
    History *history = history_new(edit);
    history_begin_step(history, STEP_OWN, 0);
    CHECK(edit_set_text(edit,
                        "outline=1,1 9,1 9,9;inside=2,2;outside=5,5;as-drawn=1;shadow=1;reference-inside=3,3;"
                        "arrows=1,2 3,4",
                        NULL));
    history_follow(history, edit);
    CHECK(edit_set_text(edit, "prompt=a dog;steps=7;layers=2", NULL));
    history_follow(history, edit);
    char *before = edit_to_text(edit);
    CHECK(history_undo(history, edit) && !edit->as_drawn && edit->arrows->len == 0 && edit->sketch->outline->len == 0);
    CHECK(edit->reference_sketch->marks->len == 0 && g_strcmp0(edit->prompt, "a dog") == 0);
    CHECK(!edit->takes_shadow && edit->lays_apart);
    CHECK(!history_can_undo(history) && history_redo(history, edit));
    char *after = edit_to_text(edit);
    CHECK(g_strcmp0(before, after) == 0);
    g_free(before);
    g_free(after);
    history_free(history);
    edit_free(edit);
}

int main(void) {
    test_merging();
    test_branches();
    test_parts();
    printf("steps: %d checks, %d failures\n", checks, failures);
    return failures > 0;
}
