#include "steps.h"

#include "objects.h"

static gboolean may_go(const Session *session) {
    return !session->is_busy && !session->is_held;
}

gboolean steps_can_undo(const Session *session) {
    return may_go(session) && history_can_undo(session->history);
}

gboolean steps_can_redo(const Session *session) {
    return may_go(session) && history_can_redo(session->history);
}

// The tool that the sketch was left with: an outline that is whole is placed, clicks go on, nothing begins anew.
static void take_tool(Session *session) {
    const Edit *edit = session->edit;
    if (sketch_has_outline(edit->sketch))
        session_set_tool(session, TOOL_PLACE);
    else if ((edit_finds(edit, edit->sketch) && !edit_holds(edit)) ||
             (edit->mode->mask == MASK_OBJECT && !session->material->mask))
        session_set_tool(session, TOOL_OUTLINE);
}

static void go(Session *session, gboolean (*way)(History *history, Edit *edit)) {
    Edit *edit = session->edit;
    Sketch *before = sketch_copy(edit->sketch);
    if (may_go(session) && way(session->history, edit)) {
        session_show_result(session, -1);
        objects_take_back(session);
        if (!sketch_equal(before, edit->sketch))
            take_tool(session);
    }
    sketch_free(before);
}

void steps_undo(Session *session) {
    go(session, history_undo);
}

void steps_redo(Session *session) {
    go(session, history_redo);
}

gboolean steps_press_key(Session *session, GtkWidget *focus, const GdkEventKey *event) {
    guint held = event->state & gtk_accelerator_get_default_mod_mask();
    gboolean is_z = event->keyval == GDK_KEY_z || event->keyval == GDK_KEY_Z;
    gboolean undoes = is_z && held == GDK_CONTROL_MASK;
    gboolean redoes = (is_z && held == (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) ||
                      (event->keyval == GDK_KEY_y && held == GDK_CONTROL_MASK);
    if ((!undoes && !redoes) || (GTK_IS_ENTRY(focus) && !GTK_IS_SPIN_BUTTON(focus)))
        return FALSE;
    if (undoes)
        steps_undo(session);
    else
        steps_redo(session);
    return TRUE;
}
