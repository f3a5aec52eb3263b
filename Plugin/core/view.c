#include "view.h"

static const double MARGIN = 12;
static const double LARGEST_ZOOM = 32;
// Of what shows the whole picture: far enough out for all that is placed beside it.
static const double SMALLEST_SHARE = 0.2;

// Zoom that shows the whole picture; a small one is enlarged, though not to blocks.
static double fitting_zoom(const View *view) {
    double across = (view->canvas_width - 2 * MARGIN) / view->picture_width;
    double down = (view->canvas_height - 2 * MARGIN) / view->picture_height;
    return CLAMP(MIN(across, down), 0.001, 8);
}

// A picture smaller than the canvas stays in its middle, a larger one leaves no gap.
static double settled(double place, double length, double room) {
    if (length + 2 * MARGIN <= room)
        return (room - length) / 2;
    return CLAMP(place, room - length - MARGIN, MARGIN);
}

static void settle(View *view) {
    view->x = settled(view->x, view->picture_width * view->zoom, view->canvas_width);
    view->y = settled(view->y, view->picture_height * view->zoom, view->canvas_height);
}

void view_fit(View *view) {
    view->fits = TRUE;
    if (view->picture_width <= 0 || view->canvas_width <= 0)
        return;
    view->zoom = fitting_zoom(view);
    settle(view);
}

void view_set_picture(View *view, double width, double height) {
    view->picture_width = width;
    view->picture_height = height;
    view_fit(view);
}

void view_set_canvas(View *view, double width, double height) {
    view->canvas_width = width;
    view->canvas_height = height;
    if (view->fits)
        view_fit(view);
    else
        settle(view);
}

void view_zoom(View *view, double factor, double x, double y) {
    dragon_point fixed = view_to_picture(view, (dragon_point){x, y});
    double smallest = MIN(fitting_zoom(view), 1) * SMALLEST_SHARE;
    view->zoom = CLAMP(view->zoom * factor, smallest, LARGEST_ZOOM);
    view->x = x - fixed.x * view->zoom;
    view->y = y - fixed.y * view->zoom;
    view->fits = FALSE;
    settle(view);
}

void view_scroll(View *view, double dx, double dy) {
    view->x += dx;
    view->y += dy;
    settle(view);
}

gboolean view_equal(const View *a, const View *b) {
    return a->zoom == b->zoom && a->x == b->x && a->y == b->y && a->canvas_width == b->canvas_width &&
           a->canvas_height == b->canvas_height;
}

dragon_point view_to_canvas(const View *view, dragon_point point) {
    return (dragon_point){view->x + point.x * view->zoom, view->y + point.y * view->zoom};
}

dragon_point view_to_picture(const View *view, dragon_point point) {
    return (dragon_point){(point.x - view->x) / view->zoom, (point.y - view->y) / view->zoom};
}
