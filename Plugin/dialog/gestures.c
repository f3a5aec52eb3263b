#include "gestures.h"

#include <math.h>
#include "objects.h"
#include "outlining.h"

static gboolean can_drag(const Stage *stage) {
    return stage->session->edit->mode->carries != CARRIES_NOTHING;
}

// --- What lies under the pointer -------------------------------------------------------------------------------------

// A corner of the object's box, or what turns it; −1 for neither.
static int grip_at(const Stage *stage, dragon_point at) {
    Target target;
    if (!stage_target(stage, &target))
        return -1;
    for (int i = GRIP_COUNT - 1; i >= 0; i--)
        if (stage_is_near(target.handles[i], at))
            return i;
    return -1;
}

static gboolean is_on_target(const Stage *stage, dragon_point at) {
    Target target;
    return stage_target(stage, &target) && target_holds(&target, view_to_picture(&stage->view, at));
}

static int arrow_at(const Stage *stage, dragon_point at, gboolean *is_head) {
    const GArray *arrows = stage->session->edit->arrows;
    if (!stage_takes_arrows(stage) || stage->session->sight.shows_reference)
        return -1;
    for (int i = (int)arrows->len - 1; i >= 0; i--) {
        Arrow arrow = g_array_index(arrows, Arrow, i);
        *is_head = stage_is_near(view_to_canvas(&stage->view, arrow.to), at);
        if (*is_head || stage_is_near(view_to_canvas(&stage->view, arrow.from), at))
            return i;
    }
    return -1;
}

static dragon_point kept_inside(const Stage *stage, dragon_point point) {
    const View *view = &stage->view;
    return (dragon_point){CLAMP(point.x, 0, view->picture_width - 1), CLAMP(point.y, 0, view->picture_height - 1)};
}

static dragon_point kept_shift(double x, double y) {
    return (dragon_point){CLAMP(x, -DRAGON_MOST_DISPLACEMENT, DRAGON_MOST_DISPLACEMENT),
                          CLAMP(y, -DRAGON_MOST_DISPLACEMENT, DRAGON_MOST_DISPLACEMENT)};
}

// --- Pressing, moving, letting go ------------------------------------------------------------------------------------

static void take_arrow(Stage *stage, dragon_point at) {
    GArray *arrows = stage->session->edit->arrows;
    stage->arrow = arrow_at(stage, at, &stage->holds_head);
    if (stage->arrow >= 0 || arrows->len >= DRAGON_MOST_POINTS)
        return;
    dragon_point start = kept_inside(stage, stage->pressed);
    Arrow arrow = {start, start};
    g_array_append_val(arrows, arrow);
    stage->arrow = (int)arrows->len - 1;
    stage->holds_head = TRUE;
}

static void begin(GtkGestureDrag *gesture, double x, double y, Stage *stage) {
    Session *session = stage->session;
    gtk_widget_grab_focus(stage->widget);
    if (session->is_busy) {
        gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_DENIED);
        return;
    }
    session_show_result(session, -1);
    dragon_point at = {x, y};
    stage->pressed = view_to_picture(&stage->view, at);
    session_begin_step(session, STEP_OWN);
    session->is_held = TRUE;
    edit_free(stage->before);
    stage->before = edit_copy(session->edit);
    stage->grip = -1;
    g_array_set_size(stage->lasso, 0);
    if (stage_draws_outline(stage))
        g_array_append_val(stage->lasso, stage->pressed);
    else if (stage_takes_arrows(stage))
        take_arrow(stage, at);
    else
        stage->grip = grip_at(stage, at);
    gtk_widget_queue_draw(stage->widget);
}

// The size at which the held corner follows the pointer.
static void size_object(Stage *stage, dragon_point now) {
    Target target;
    if (!stage_target(stage, &target))
        return;
    double before = hypot(stage->pressed.x - target.middle.x, stage->pressed.y - target.middle.y);
    double after = hypot(now.x - target.middle.x, now.y - target.middle.y);
    if (before > 0)
        stage->session->edit->resize =
            CLAMP(stage->before->resize * after / before, DRAGON_LEAST_RESIZE, DRAGON_MOST_RESIZE);
}

// The angle at which the held knob follows the pointer, in whole degrees.
static void turn_object(Stage *stage, dragon_point now) {
    Target target;
    if (!stage_target(stage, &target))
        return;
    double before = atan2(stage->pressed.y - target.middle.y, stage->pressed.x - target.middle.x);
    double after = atan2(now.y - target.middle.y, now.x - target.middle.x);
    stage->session->edit->rotate = remainder(round(stage->before->rotate + (after - before) * 180 / G_PI), 360);
}

static void move_pointer(Stage *stage, dragon_point at) {
    Edit *edit = stage->session->edit;
    dragon_point now = view_to_picture(&stage->view, at);
    if (stage->lasso->len > 0 && !outlining_becomes_carrying(stage, at)) {
        dragon_point inside = kept_inside(stage, now);
        g_array_append_val(stage->lasso, inside);
        gtk_widget_queue_draw(stage->widget);
        return;
    }
    if (stage_takes_arrows(stage) && stage->arrow >= 0) {
        Arrow *arrow = &g_array_index(edit->arrows, Arrow, stage->arrow);
        *(stage->holds_head ? &arrow->to : &arrow->from) = kept_inside(stage, now);
    } else if (stage->grip == GRIP_TURNER) {
        turn_object(stage, now);
    } else if (stage->grip >= 0) {
        size_object(stage, now);
    } else if (can_drag(stage)) {
        const dragon_point *shift = &stage->before->displacement;
        edit->displacement =
            kept_shift(round(shift->x + now.x - stage->pressed.x), round(shift->y + now.y - stage->pressed.y));
    } else {
        return;
    }
    session_edit_changed(stage->session);
}

static void update(GtkGestureDrag *gesture, double dx, double dy, Stage *stage) {
    double x, y;
    gtk_gesture_drag_get_start_point(gesture, &x, &y);
    move_pointer(stage, (dragon_point){x + dx, y + dy});
}

// Whether a click means what is not of the object.
static gboolean is_beside(void) {
    GdkModifierType state = 0;
    gtk_get_current_event_state(&state);
    return (state & (GDK_CONTROL_MASK | GDK_MOD1_MASK)) != 0;
}

static void let_go(Stage *stage, double dx, double dy) {
    if (stage->lasso->len > 0) {
        outlining_end(stage, is_beside());
        return;
    }
    // A click that drags nothing leaves no arrow behind.
    GArray *arrows = stage->session->edit->arrows;
    if (stage_takes_arrows(stage) && stage->arrow >= 0 && hypot(dx, dy) < LEAST_WAY &&
        arrows->len > stage->before->arrows->len) {
        g_array_set_size(arrows, arrows->len - 1);
        stage->arrow = -1;
        session_edit_changed(stage->session);
    }
    if (stage_takes_arrows(stage) && stage->before->arrows->len == 0)
        objects_hold(stage->session);
    objects_grasp(stage->session);
    stage->grip = -1;
    gtk_widget_queue_draw(stage->widget);
}

static void end(GtkGestureDrag *gesture, double dx, double dy, Stage *stage) {
    (void)gesture;
    let_go(stage, dx, dy);
    stage->session->is_held = FALSE;
    history_end_step(stage->session->history);
    // What can be taken back is known only now.
    session_tell(stage->session, SESSION_SIGHT);
}

static void remove_arrow(Stage *stage, int index) {
    GArray *arrows = stage->session->edit->arrows;
    if (index < 0 || index >= (int)arrows->len || stage->session->is_busy)
        return;
    session_begin_step(stage->session, STEP_OWN);
    g_array_remove_index(arrows, index);
    stage->arrow = -1;
    session_edit_changed(stage->session);
    objects_grasp(stage->session);
}

static void press_second(GtkGestureMultiPress *gesture, int count, double x, double y, Stage *stage) {
    (void)gesture;
    (void)count;
    gboolean is_head;
    dragon_point at = {x, y};
    if (stage_draws_outline(stage))
        outlining_click(stage, at, TRUE);
    else
        remove_arrow(stage, arrow_at(stage, at, &is_head));
}

// --- The rest of mouse and keyboard ----------------------------------------------------------------------------------

static gboolean scroll(GtkWidget *widget, GdkEventScroll *event, Stage *stage) {
    (void)widget;
    double dx = 0, dy = 0;
    if (event->direction == GDK_SCROLL_SMOOTH)
        gdk_event_get_scroll_deltas((GdkEvent *)event, &dx, &dy);
    else
        dy = event->direction == GDK_SCROLL_UP ? -1 : event->direction == GDK_SCROLL_DOWN ? 1 : 0;
    if (event->state & GDK_CONTROL_MASK)
        view_zoom(&stage->view, pow(1.2, -dy), event->x, event->y);
    else if (event->state & GDK_SHIFT_MASK)
        view_scroll(&stage->view, -40 * dy, 0);
    else
        view_scroll(&stage->view, -40 * dx, -40 * dy);
    gtk_widget_queue_draw(stage->widget);
    return TRUE;
}

// The arrows of a corner turn with the box.
static const char *cursor_for(const Stage *stage, int grip) {
    static const char *const names[] = {"nwse-resize", "ns-resize", "nesw-resize", "ew-resize"};
    if (grip == GRIP_TURNER)
        return "grab";
    int eighths = (int)lround(stage->session->edit->rotate / 45) + 2 * grip;
    return names[((eighths % 4) + 4) % 4];
}

static gboolean hover(GtkWidget *widget, GdkEventMotion *event, Stage *stage) {
    dragon_point at = {event->x, event->y};
    gboolean is_head;
    const char *name = "default";
    if (outlining_mark_at(stage, at) >= 0)
        name = "pointer";
    else if (stage_draws_outline(stage))
        name = "crosshair";
    else if (arrow_at(stage, at, &is_head) >= 0)
        name = "grab";
    else if (stage_takes_arrows(stage))
        name = "crosshair";
    else if (grip_at(stage, at) >= 0)
        name = cursor_for(stage, grip_at(stage, at));
    else if (is_on_target(stage, at))
        name = "move";
    GdkCursor *cursor = gdk_cursor_new_from_name(gtk_widget_get_display(widget), name);
    gdk_window_set_cursor(gtk_widget_get_window(widget), cursor);
    g_clear_object(&cursor);
    return FALSE;
}

static gboolean nudge(Stage *stage, double dx, double dy) {
    Session *session = stage->session;
    Edit *edit = session->edit;
    if (session->is_busy || session->sight.shows_reference)
        return FALSE;
    if (stage_takes_arrows(stage) && stage->arrow >= 0) {
        session_begin_step(session, STEP_ARROW);
        Arrow *arrow = &g_array_index(edit->arrows, Arrow, stage->arrow);
        dragon_point *tip = stage->holds_head ? &arrow->to : &arrow->from;
        *tip = kept_inside(stage, (dragon_point){tip->x + dx, tip->y + dy});
    } else if (can_drag(stage)) {
        session_begin_step(session, STEP_SHIFT);
        edit->displacement = kept_shift(edit->displacement.x + dx, edit->displacement.y + dy);
    } else {
        return FALSE;
    }
    session_edit_changed(session);
    return TRUE;
}

static gboolean press_key(GtkWidget *widget, GdkEventKey *event, Stage *stage) {
    (void)widget;
    double step = event->state & GDK_SHIFT_MASK ? 10 : 1;
    double x = stage->view.canvas_width / 2, y = stage->view.canvas_height / 2;
    if (outlining_press_key(stage, event->keyval))
        return TRUE;
    switch (event->keyval) {
    case GDK_KEY_Left:
        return nudge(stage, -step, 0);
    case GDK_KEY_Right:
        return nudge(stage, step, 0);
    case GDK_KEY_Up:
        return nudge(stage, 0, -step);
    case GDK_KEY_Down:
        return nudge(stage, 0, step);
    case GDK_KEY_Delete:
    case GDK_KEY_BackSpace:
        remove_arrow(stage, stage->arrow);
        return TRUE;
    case GDK_KEY_plus:
    case GDK_KEY_KP_Add:
        view_zoom(&stage->view, 1.25, x, y);
        break;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
        view_zoom(&stage->view, 0.8, x, y);
        break;
    case GDK_KEY_0:
        view_fit(&stage->view);
        break;
    default:
        return FALSE;
    }
    gtk_widget_queue_draw(stage->widget);
    return TRUE;
}

void gestures_add(Stage *stage) {
    GtkWidget *canvas = stage->widget;
    gtk_widget_add_events(canvas, GDK_SCROLL_MASK | GDK_SMOOTH_SCROLL_MASK | GDK_POINTER_MOTION_MASK |
                                      GDK_KEY_PRESS_MASK | GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK);
    GtkGesture *drag = gtk_gesture_drag_new(canvas);
    g_signal_connect(drag, "drag-begin", G_CALLBACK(begin), stage);
    g_signal_connect(drag, "drag-update", G_CALLBACK(update), stage);
    g_signal_connect(drag, "drag-end", G_CALLBACK(end), stage);
    g_object_set_data_full(G_OBJECT(canvas), "drag", drag, g_object_unref);
    GtkGesture *second = gtk_gesture_multi_press_new(canvas);
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(second), GDK_BUTTON_SECONDARY);
    g_signal_connect(second, "pressed", G_CALLBACK(press_second), stage);
    g_object_set_data_full(G_OBJECT(canvas), "second", second, g_object_unref);
    g_signal_connect(canvas, "scroll-event", G_CALLBACK(scroll), stage);
    g_signal_connect(canvas, "motion-notify-event", G_CALLBACK(hover), stage);
    g_signal_connect(canvas, "key-press-event", G_CALLBACK(press_key), stage);
}
