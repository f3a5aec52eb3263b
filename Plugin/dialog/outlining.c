#include "outlining.h"

#include <math.h>
#include "sketching.h"

// An outline of fewer points encloses nothing.
static const guint LEAST_POINTS = 5;

int outlining_mark_at(const Stage *stage, dragon_point at) {
    const GArray *marks = session_sketch(stage->session)->marks;
    for (int i = (int)marks->len - 1; stage_draws_outline(stage) && i >= 0; i--)
        if (stage_is_near(view_to_canvas(&stage->view, g_array_index(marks, Mark, i).at), at))
            return i;
    return -1;
}

static gboolean is_in_picture(const View *view, dragon_point point) {
    return point.x >= 0 && point.y >= 0 && point.x < view->picture_width && point.y < view->picture_height;
}

void outlining_click(Stage *stage, dragon_point at, gboolean is_beside) {
    Session *session = stage->session;
    int mark = outlining_mark_at(stage, at);
    dragon_point point = view_to_picture(&stage->view, at);
    if (session->is_busy || !sketching_takes_marks(session))
        return;
    if (mark >= 0)
        sketching_remove_mark(session, (guint)mark);
    else if (is_in_picture(&stage->view, point))
        sketching_add_mark(session, point, is_beside);
}

// What is drawn is done: the pointer goes back to placing it.
static void leave(Session *session) {
    if (session->sight.shows_reference)
        session_show_reference(session, FALSE);
    else
        session_set_tool(session, TOOL_PLACE);
}

// Whether a point of the picture is on an object that was found by clicks, and stands where it was.
static gboolean holds_found(const Session *session, dragon_point point) {
    const Edit *edit = session->edit;
    const Screen *screen = &session->base;
    if (session->sight.shows_reference || edit->mode->carries != CARRIES_OBJECT || !screen->mask ||
        sketch_has_outline(edit->sketch) || !edit_finds(edit, edit->sketch) || !edit_stays(edit))
        return FALSE;
    int x = (int)floor(point.x * screen->scale), y = (int)floor(point.y * screen->scale);
    return x >= 0 && y >= 0 && x < screen->mask->width && y < screen->mask->height &&
           screen->mask->bytes[(gsize)y * screen->mask->width + x] >= 128;
}

// Whether what was drawn is no larger than a hand trembles at a click.
static gboolean is_click(const Stage *stage) {
    for (guint i = 1; i < stage->lasso->len; i++) {
        dragon_point first = g_array_index(stage->lasso, dragon_point, 0),
                     point = g_array_index(stage->lasso, dragon_point, i);
        if (hypot(point.x - first.x, point.y - first.y) * stage->view.zoom >= LEAST_WAY)
            return FALSE;
    }
    return TRUE;
}

gboolean outlining_becomes_carrying(Stage *stage, dragon_point now) {
    dragon_point from = view_to_canvas(&stage->view, stage->pressed);
    if (!is_click(stage) || hypot(now.x - from.x, now.y - from.y) < LEAST_WAY ||
        !holds_found(stage->session, stage->pressed))
        return FALSE;
    g_array_set_size(stage->lasso, 0);
    leave(stage->session);
    return TRUE;
}

void outlining_end(Stage *stage, gboolean is_beside) {
    Session *session = stage->session;
    if (is_click(stage)) {
        outlining_click(stage, view_to_canvas(&stage->view, stage->pressed), is_beside);
    } else if (stage->lasso->len >= LEAST_POINTS) {
        sketching_set_outline(session, stage->lasso);
        leave(session);
    }
    g_array_set_size(stage->lasso, 0);
    gtk_widget_queue_draw(stage->widget);
}

gboolean outlining_press_key(Stage *stage, guint key) {
    Session *session = stage->session;
    const Sketch *sketch = session_sketch(session);
    if (!stage_draws_outline(stage) || session->is_busy)
        return FALSE;
    switch (key) {
    case GDK_KEY_Delete:
    case GDK_KEY_BackSpace:
        if (sketch->marks->len)
            sketching_remove_mark(session, sketch->marks->len - 1);
        return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
        // Without an object there is nothing to go on with.
        if (!session_screen(session)->mask)
            return FALSE;
        leave(session);
        return TRUE;
    default:
        return FALSE;
    }
}
