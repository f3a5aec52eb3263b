#include "stage.h"

#include <math.h>

// How far inside the canvas a corner stays.
static const double REACH = 10;

// How near the pointer must be to take hold of something.
static const double NEAR = 9;
const double LEAST_WAY = 3;

gboolean stage_is_near(dragon_point a, dragon_point b) {
    return hypot(a.x - b.x, a.y - b.y) <= NEAR;
}

static dragon_point within_reach(const View *view, dragon_point at) {
    return (dragon_point){CLAMP(at.x, REACH, MAX(REACH, view->canvas_width - REACH)),
                          CLAMP(at.y, REACH, MAX(REACH, view->canvas_height - REACH))};
}

gboolean stage_target(const Stage *stage, Target *target) {
    const Session *session = stage->session;
    const Edit *edit = session->edit;
    ModeCarried carries = edit->mode->carries;
    Box box = carries == CARRIES_REFERENCE ? session->reference.box : session->base.box;
    if (carries == CARRIES_NOTHING || box.width == 0 || session->sight.shows_reference)
        return FALSE;
    dragon_point middle = {box.x + box.width / 2.0 + edit->displacement.x,
                           box.y + box.height / 2.0 + edit->displacement.y};
    double across = box.width / 2.0 * edit->resize, down = box.height / 2.0 * edit->resize;
    target->middle = middle;
    target->corner = (dragon_point){middle.x - across, middle.y - down};
    target->far_corner = (dragon_point){middle.x + across, middle.y + down};
    const dragon_point corners[] = {target->corner,
                                    {target->far_corner.x, target->corner.y},
                                    target->far_corner,
                                    {target->corner.x, target->far_corner.y}};
    for (int i = 0; i < 4; i++)
        target->handles[i] = within_reach(&stage->view, view_to_canvas(&stage->view, corners[i]));
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
