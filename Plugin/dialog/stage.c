#include "stage.h"

#include <math.h>

// How far inside the canvas a corner stays.
static const double REACH = 10;

// How near the pointer must be to take hold of something.
static const double NEAR = 9;
const double LEAST_WAY = 3;

// How far before the box the turner stands.
static const double STEM = 26;

gboolean stage_is_near(dragon_point a, dragon_point b) {
    return hypot(a.x - b.x, a.y - b.y) <= NEAR;
}

static dragon_point within_reach(const View *view, dragon_point at) {
    return (dragon_point){CLAMP(at.x, REACH, MAX(REACH, view->canvas_width - REACH)),
                          CLAMP(at.y, REACH, MAX(REACH, view->canvas_height - REACH))};
}

// Where a way from a point leads, turned clockwise.
static dragon_point turned(dragon_point from, dragon_point way, double angle) {
    return (dragon_point){from.x + cos(angle) * way.x - sin(angle) * way.y,
                          from.y + sin(angle) * way.x + cos(angle) * way.y};
}

gboolean stage_target(const Stage *stage, Target *target) {
    const Session *session = stage->session;
    const Edit *edit = session->edit;
    ModeCarried carries = edit->mode->carries;
    Box box = carries == CARRIES_REFERENCE ? session->reference.box : session->base.box;
    if (carries == CARRIES_NOTHING || box.width == 0 || session->sight.shows_reference)
        return FALSE;
    target->middle =
        (dragon_point){box.x + box.width / 2.0 + edit->displacement.x, box.y + box.height / 2.0 + edit->displacement.y};
    double across = box.width / 2.0 * edit->resize, down = box.height / 2.0 * edit->resize;
    double angle = edit->rotate * G_PI / 180;
    const dragon_point ways[] = {{-across, -down}, {across, -down}, {across, down}, {-across, down}};
    for (int i = 0; i < 4; i++) {
        target->corners[i] = turned(target->middle, ways[i], angle);
        target->handles[i] = within_reach(&stage->view, view_to_canvas(&stage->view, target->corners[i]));
    }
    target->stem = view_to_canvas(&stage->view, turned(target->middle, (dragon_point){0, -down}, angle));
    target->handles[GRIP_TURNER] = within_reach(&stage->view, turned(target->stem, (dragon_point){0, -STEM}, angle));
    return TRUE;
}

gboolean target_holds(const Target *target, dragon_point point) {
    for (int i = 0; i < 4; i++) {
        dragon_point from = target->corners[i], to = target->corners[(i + 1) % 4];
        if ((to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x) < 0)
            return FALSE;
    }
    return TRUE;
}

void stage_fit(Stage *stage) {
    const Screen *screen = session_screen(stage->session);
    if (screen->picture)
        view_set_picture(&stage->view, screen->picture->width / screen->scale, screen->picture->height / screen->scale);
    gtk_widget_queue_draw(stage->widget);
}

gboolean stage_draws_outline(const Stage *stage) {
    const Sight *sight = &stage->session->sight;
    return sight->tool == TOOL_OUTLINE || sight->shows_reference;
}

gboolean stage_takes_arrows(const Stage *stage) {
    return mode_takes(stage->session->edit->mode, ARGUMENT_ARROWS);
}
