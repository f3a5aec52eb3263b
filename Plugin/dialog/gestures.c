#include "state.h"

#include <math.h>
#include <string.h>

// How near the pointer must be to take hold of something, in the toolkit's pixels.
static const double NEAR = 9;

static gboolean is_near(dragon_point a, dragon_point b) {
    return hypot(a.x - b.x, a.y - b.y) <= NEAR;
}

static gboolean is_idle(const Dialog *dialog) {
    return dialog->worker == NULL || worker_state(dialog->worker).is_done;
}

// The user goes on drawing: the preview comes back in place of a result.
static void show_preview(Dialog *dialog) {
    if (dialog->shown >= 0) {
        dialog->shown = -1;
        strip_refresh(dialog);
    }
}

// --- What lies under the pointer -------------------------------------------------------------------------------------

static int corner_at(Dialog *dialog, dragon_point at) {
    dragon_point corner, far_corner, middle;
    if (!canvas_target(dialog, &corner, &far_corner, &middle))
        return -1;
    dragon_point a = view_to_canvas(&dialog->view, corner), b = view_to_canvas(&dialog->view, far_corner);
    const dragon_point corners[] = {a, {b.x, a.y}, b, {a.x, b.y}};
    for (int i = 0; i < 4; i++)
        if (is_near(corners[i], at))
            return i;
    return -1;
}

static gboolean target_holds(Dialog *dialog, dragon_point at) {
    dragon_point corner, far_corner, middle;
    if (!canvas_target(dialog, &corner, &far_corner, &middle))
        return FALSE;
    dragon_point a = view_to_canvas(&dialog->view, corner), b = view_to_canvas(&dialog->view, far_corner);
    return at.x >= a.x && at.x <= b.x && at.y >= a.y && at.y <= b.y;
}

static int arrow_at(Dialog *dialog, dragon_point at, gboolean *is_head) {
    const GArray *arrows = dialog->edit->arrows;
    if (!mode_uses_arrows(dialog->edit->mode) || dialog->shows_reference)
        return -1;
    for (int i = (int)arrows->len - 1; i >= 0; i--) {
        Arrow arrow = g_array_index(arrows, Arrow, i);
        *is_head = is_near(view_to_canvas(&dialog->view, arrow.to), at);
        if (*is_head || is_near(view_to_canvas(&dialog->view, arrow.from), at))
            return i;
    }
    return -1;
}

static gboolean draws_outline(const Dialog *dialog) {
    return dialog->tool == TOOL_OUTLINE || dialog->shows_reference;
}

// --- Pressing, moving, letting go ------------------------------------------------------------------------------------

static void begin(GtkGestureDrag *gesture, double x, double y, Dialog *dialog) {
    gtk_widget_grab_focus(dialog->canvas);
    if (!is_idle(dialog)) {
        gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_DENIED);
        return;
    }
    show_preview(dialog);
    dragon_point at = {x, y};
    dialog->pressed = view_to_picture(&dialog->view, at);
    edit_free(dialog->before);
    dialog->before = edit_copy(dialog->edit);
    dialog->grip = -1;
    if (draws_outline(dialog)) {
        g_array_set_size(dialog->lasso, 0);
        g_array_append_val(dialog->lasso, dialog->pressed);
    } else if (mode_uses_arrows(dialog->edit->mode)) {
        dialog->arrow = arrow_at(dialog, at, &dialog->holds_head);
        if (dialog->arrow < 0) {
            Arrow arrow = {dialog->pressed, dialog->pressed};
            g_array_append_val(dialog->edit->arrows, arrow);
            dialog->arrow = (int)dialog->edit->arrows->len - 1;
            dialog->holds_head = TRUE;
        }
    } else
        dialog->grip = corner_at(dialog, at);
    gtk_widget_queue_draw(dialog->canvas);
}

static dragon_point kept_inside(const Dialog *dialog, dragon_point point) {
    const View *view = &dialog->view;
    return (dragon_point){CLAMP(point.x, 0, view->picture_width - 1), CLAMP(point.y, 0, view->picture_height - 1)};
}

// The size at which the held corner follows the pointer.
static void size_object(Dialog *dialog, dragon_point now) {
    dragon_point corner, far_corner, middle;
    if (!canvas_target(dialog, &corner, &far_corner, &middle))
        return;
    double before = hypot(dialog->pressed.x - middle.x, dialog->pressed.y - middle.y);
    double after = hypot(now.x - middle.x, now.y - middle.y);
    if (before > 0)
        dialog->edit->resize = CLAMP(dialog->before->resize * after / before, 0.05, 20);
}

static void move_pointer(Dialog *dialog, dragon_point now) {
    Edit *edit = dialog->edit;
    double dx = now.x - dialog->pressed.x, dy = now.y - dialog->pressed.y;
    if (draws_outline(dialog)) {
        dragon_point inside = kept_inside(dialog, now);
        g_array_append_val(dialog->lasso, inside);
        gtk_widget_queue_draw(dialog->canvas);
        return;
    }
    if (mode_uses_arrows(edit->mode) && dialog->arrow >= 0) {
        Arrow *arrow = &g_array_index(edit->arrows, Arrow, dialog->arrow);
        *(dialog->holds_head ? &arrow->to : &arrow->from) = kept_inside(dialog, now);
    } else if (dialog->grip >= 0)
        size_object(dialog, now);
    else if (edit->mode != DRAGON_APPEARANCE) {
        edit->displacement.x = round(dialog->before->displacement.x + dx);
        edit->displacement.y = round(dialog->before->displacement.y + dy);
    }
    dialog_changed(dialog);
}

static void update(GtkGestureDrag *gesture, double dx, double dy, Dialog *dialog) {
    double x, y;
    gtk_gesture_drag_get_start_point(gesture, &x, &y);
    move_pointer(dialog, view_to_picture(&dialog->view, (dragon_point){x + dx, y + dy}));
}

static void finish_lasso(Dialog *dialog) {
    GArray *outline = dialog->shows_reference ? dialog->edit->reference_outline : dialog->edit->outline;
    if (dialog->lasso->len > 4) {
        g_array_set_size(outline, 0);
        g_array_append_vals(outline, dialog->lasso->data, dialog->lasso->len);
        // What is drawn is done: the pointer goes back to placing it.
        if (dialog->shows_reference)
            sources_show(dialog, FALSE);
        else
            gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(dialog->outline_button), FALSE);
    }
    g_array_set_size(dialog->lasso, 0);
    objects_take(dialog);
}

static void end(GtkGestureDrag *gesture, double dx, double dy, Dialog *dialog) {
    (void)gesture;
    if (draws_outline(dialog) || dialog->lasso->len > 0) {
        finish_lasso(dialog);
        return;
    }
    // A click that drags nothing leaves no arrow behind.
    GArray *arrows = dialog->edit->arrows;
    if (mode_uses_arrows(dialog->edit->mode) && dialog->arrow >= 0 && hypot(dx, dy) < 3 &&
        arrows->len > dialog->before->arrows->len) {
        g_array_set_size(arrows, arrows->len - 1);
        dialog->arrow = -1;
    }
    dialog->grip = -1;
    dialog_changed(dialog);
}

static void remove_arrow(Dialog *dialog, int index) {
    if (index < 0 || index >= (int)dialog->edit->arrows->len || !is_idle(dialog))
        return;
    g_array_remove_index(dialog->edit->arrows, index);
    dialog->arrow = -1;
    show_preview(dialog);
    dialog_changed(dialog);
}

static void press_second(GtkGestureMultiPress *gesture, int count, double x, double y, Dialog *dialog) {
    (void)gesture;
    (void)count;
    gboolean is_head;
    remove_arrow(dialog, arrow_at(dialog, (dragon_point){x, y}, &is_head));
}

// --- The rest of mouse and keyboard ----------------------------------------------------------------------------------

static gboolean scroll(GtkWidget *widget, GdkEventScroll *event, Dialog *dialog) {
    (void)widget;
    double dx = 0, dy = 0;
    if (event->direction == GDK_SCROLL_SMOOTH)
        gdk_event_get_scroll_deltas((GdkEvent *)event, &dx, &dy);
    else
        dy = event->direction == GDK_SCROLL_UP ? -1 : event->direction == GDK_SCROLL_DOWN ? 1 : 0;
    if (event->state & GDK_CONTROL_MASK)
        view_zoom(&dialog->view, pow(1.2, -dy), event->x, event->y);
    else if (event->state & GDK_SHIFT_MASK)
        view_scroll(&dialog->view, -40 * dy, 0);
    else
        view_scroll(&dialog->view, -40 * dx, -40 * dy);
    gtk_widget_queue_draw(dialog->canvas);
    return TRUE;
}

static gboolean hover(GtkWidget *widget, GdkEventMotion *event, Dialog *dialog) {
    dragon_point at = {event->x, event->y};
    gboolean is_head;
    const char *name = "default";
    if (draws_outline(dialog))
        name = "crosshair";
    else if (arrow_at(dialog, at, &is_head) >= 0)
        name = "grab";
    else if (mode_uses_arrows(dialog->edit->mode))
        name = "crosshair";
    else if (corner_at(dialog, at) >= 0)
        name = corner_at(dialog, at) % 2 ? "nesw-resize" : "nwse-resize";
    else if (target_holds(dialog, at))
        name = "move";
    GdkCursor *cursor = gdk_cursor_new_from_name(gtk_widget_get_display(widget), name);
    gdk_window_set_cursor(gtk_widget_get_window(widget), cursor);
    g_clear_object(&cursor);
    return FALSE;
}

static gboolean nudge(Dialog *dialog, double dx, double dy) {
    Edit *edit = dialog->edit;
    if (!is_idle(dialog) || dialog->shows_reference)
        return FALSE;
    if (mode_uses_arrows(edit->mode)) {
        if (dialog->arrow < 0 || dialog->arrow >= (int)edit->arrows->len)
            return FALSE;
        Arrow *arrow = &g_array_index(edit->arrows, Arrow, dialog->arrow);
        dragon_point *end = dialog->holds_head ? &arrow->to : &arrow->from;
        *end = kept_inside(dialog, (dragon_point){end->x + dx, end->y + dy});
    } else if (edit->mode == DRAGON_APPEARANCE)
        return FALSE;
    else {
        edit->displacement.x += dx;
        edit->displacement.y += dy;
    }
    show_preview(dialog);
    dialog_changed(dialog);
    return TRUE;
}

static gboolean press_key(GtkWidget *widget, GdkEventKey *event, Dialog *dialog) {
    (void)widget;
    double step = event->state & GDK_SHIFT_MASK ? 10 : 1;
    double x = dialog->view.canvas_width / 2, y = dialog->view.canvas_height / 2;
    switch (event->keyval) {
    case GDK_KEY_Left:
        return nudge(dialog, -step, 0);
    case GDK_KEY_Right:
        return nudge(dialog, step, 0);
    case GDK_KEY_Up:
        return nudge(dialog, 0, -step);
    case GDK_KEY_Down:
        return nudge(dialog, 0, step);
    case GDK_KEY_Delete:
    case GDK_KEY_BackSpace:
        remove_arrow(dialog, dialog->arrow);
        return TRUE;
    case GDK_KEY_plus:
    case GDK_KEY_KP_Add:
        view_zoom(&dialog->view, 1.25, x, y);
        break;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
        view_zoom(&dialog->view, 0.8, x, y);
        break;
    case GDK_KEY_0:
        view_fit(&dialog->view);
        break;
    default:
        return FALSE;
    }
    gtk_widget_queue_draw(dialog->canvas);
    return TRUE;
}

void canvas_add_gestures(Dialog *dialog) {
    GtkWidget *canvas = dialog->canvas;
    gtk_widget_add_events(canvas, GDK_SCROLL_MASK | GDK_SMOOTH_SCROLL_MASK | GDK_POINTER_MOTION_MASK |
                                      GDK_KEY_PRESS_MASK | GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK);
    GtkGesture *drag = gtk_gesture_drag_new(canvas);
    g_signal_connect(drag, "drag-begin", G_CALLBACK(begin), dialog);
    g_signal_connect(drag, "drag-update", G_CALLBACK(update), dialog);
    g_signal_connect(drag, "drag-end", G_CALLBACK(end), dialog);
    g_object_set_data_full(G_OBJECT(canvas), "drag", drag, g_object_unref);
    GtkGesture *second = gtk_gesture_multi_press_new(canvas);
    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(second), GDK_BUTTON_SECONDARY);
    g_signal_connect(second, "pressed", G_CALLBACK(press_second), dialog);
    g_object_set_data_full(G_OBJECT(canvas), "second", second, g_object_unref);
    g_signal_connect(canvas, "scroll-event", G_CALLBACK(scroll), dialog);
    g_signal_connect(canvas, "motion-notify-event", G_CALLBACK(hover), dialog);
    g_signal_connect(canvas, "key-press-event", G_CALLBACK(press_key), dialog);
}
