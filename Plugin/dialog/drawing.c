#include "drawing.h"

#include <math.h>

// How much of the accent lies over an object.
static const double TINT = 0.25;
// The same of its shadow, and while what comes of the edit is shown below it.
static const double SHADOW_TINT = 0.45, FAINT_SHADOW_TINT = 0.2;
// How dark what does not change becomes.
static const double SHADE = 0.7;
// Of a line in the accent's colour.
static const double LEAST_LIGHT = 0.45;
// A border of more corners, such as of a selection by colour, would take too long and leave nothing to see between its
// lines.
static const guint MOST_CORNERS = 50000;

static void set_accent(GtkWidget *widget, cairo_t *cairo, double alpha) {
    GdkRGBA colour = {0.2, 0.5, 0.9, 1};
    gtk_style_context_lookup_color(gtk_widget_get_style_context(widget), "theme_selected_bg_color", &colour);
    // Dark themes have one that would not stand out from a picture.
    double light = 0.3 * colour.red + 0.6 * colour.green + 0.1 * colour.blue;
    double white = light < LEAST_LIGHT ? (LEAST_LIGHT - light) / (1 - light) : 0;
    cairo_set_source_rgba(cairo, colour.red + white * (1 - colour.red), colour.green + white * (1 - colour.green),
                          colour.blue + white * (1 - colour.blue), alpha);
}

// Squares that show through what is transparent.
static void paint_checks(cairo_t *cairo) {
    enum { SIDE = 8 };
    cairo_surface_t *tile = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 2 * SIDE, 2 * SIDE);
    cairo_t *squares = cairo_create(tile);
    cairo_set_source_rgb(squares, 0.6, 0.6, 0.6);
    cairo_paint(squares);
    cairo_set_source_rgb(squares, 0.4, 0.4, 0.4);
    cairo_rectangle(squares, 0, 0, SIDE, SIDE);
    cairo_rectangle(squares, SIDE, SIDE, SIDE, SIDE);
    cairo_fill(squares);
    cairo_destroy(squares);
    cairo_set_source_surface(cairo, tile, 0, 0);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_REPEAT);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST);
    cairo_paint(cairo);
    cairo_surface_destroy(tile);
}

static cairo_surface_t *shown_surface(Stage *stage) {
    Session *session = stage->session;
    const Outcome *outcome = results_shown(&session->results);
    cairo_surface_t *surface = session_screen(session)->surface;
    if (session->sight.shows_reference || session->sight.shows_original)
        return surface;
    if (outcome)
        return outcome->surface;
    if (session->progress_surface)
        return session->progress_surface;
    // Objects are outlined on what there is, not on what comes of it.
    gboolean is_outlining = stage_draws_outline(stage);
    return session->preview_surface && !is_outlining ? session->preview_surface : surface;
}

// How pixels are scaled by a factor; they are seen as squares above another one. Down to a half four of them tell all of one, and
// cairo's means of more take ten times as long, at every frame.
static cairo_filter_t filter_for(double factor, double squares) {
    return factor > squares ? CAIRO_FILTER_NEAREST : factor >= 0.5 ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_GOOD;
}

static void draw_picture(Stage *stage, cairo_t *cairo) {
    const View *view = &stage->view;
    const Screen *screen = session_screen(stage->session);
    cairo_surface_t *surface = shown_surface(stage);
    if (!surface)
        return;
    cairo_save(cairo);
    // Whole pixels: at an edge between them the squares would shine through.
    double left = round(view->x), top = round(view->y);
    cairo_rectangle(cairo, left, top, round(view->x + view->picture_width * view->zoom) - left,
                    round(view->y + view->picture_height * view->zoom) - top);
    cairo_clip(cairo);
    cairo_translate(cairo, left, top);
    paint_checks(cairo);
    cairo_translate(cairo, view->x - left, view->y - top);
    cairo_scale(cairo, view->zoom / screen->scale, view->zoom / screen->scale);
    cairo_set_source_surface(cairo, surface, 0, 0);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
    cairo_pattern_set_filter(cairo_get_source(cairo), filter_for(view->zoom / screen->scale, 3));
    cairo_paint(cairo);
    cairo_restore(cairo);
}

// What stays as it is lies in the dark.
static void draw_touched(Stage *stage, cairo_t *cairo) {
    const View *view = &stage->view;
    const Touched *touched = &stage->session->touched;
    double zoom = view->zoom / session_screen(stage->session)->scale;
    cairo_save(cairo);
    cairo_rectangle(cairo, view->x, view->y, view->picture_width * view->zoom, view->picture_height * view->zoom);
    cairo_clip(cairo);
    cairo_push_group(cairo);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    cairo_paint(cairo);
    cairo_translate(cairo, view->x, view->y);
    cairo_scale(cairo, zoom, zoom);
    cairo_translate(cairo, touched->corner.x, touched->corner.y);
    cairo_scale(cairo, touched->scale, touched->scale);
    cairo_set_operator(cairo, CAIRO_OPERATOR_DEST_OUT);
    cairo_mask_surface(cairo, touched->surface, 0, 0);
    cairo_pop_group_to_source(cairo);
    cairo_paint_with_alpha(cairo, SHADE);
    cairo_restore(cairo);
}

// A line that stands out on any ground: dark under light.
static void stroke(Stage *stage, cairo_t *cairo, gboolean is_chosen) {
    cairo_set_line_width(cairo, 4);
    cairo_set_source_rgba(cairo, 0, 0, 0, 0.55);
    cairo_stroke_preserve(cairo);
    cairo_set_line_width(cairo, 2);
    if (is_chosen)
        set_accent(stage->widget, cairo, 1);
    else
        cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_stroke(cairo);
}

// The border as a path. The edges of enlarged pixels lie on those of the screen's pixels, where lines are sharp.
static void add_border(cairo_t *cairo, const Screen *screen, const View *view, int factor) {
    double zoom = view->zoom / screen->scale, step = zoom * factor < 2 ? 0 : 1.0 / factor;
    const Border *border = screen->border;
    for (guint line = 0, i = 0; line < border->ends->len; line++) {
        for (; i < g_array_index(border->ends, guint, line); i++) {
            Corner corner = g_array_index(border->corners, Corner, i);
            double x = view->x + corner.x * zoom, y = view->y + corner.y * zoom;
            cairo_line_to(cairo, step > 0 ? round(x / step) * step : x, step > 0 ? round(y / step) * step : y);
        }
        cairo_close_path(cairo);
        cairo_new_sub_path(cairo);
    }
}

// A mask of the screen's picture in the colour that is set.
static void tint(const View *view, cairo_t *cairo, cairo_surface_t *area, double scale) {
    double zoom = view->zoom / scale;
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(area);
    cairo_pattern_set_filter(pattern, filter_for(zoom, 1));
    cairo_save(cairo);
    cairo_translate(cairo, view->x, view->y);
    cairo_scale(cairo, zoom, zoom);
    cairo_mask(cairo, pattern);
    cairo_restore(cairo);
    cairo_pattern_destroy(pattern);
}

// What the object casts, where that goes with it, in a colour that is no accent's.
static void draw_shadow(Stage *stage, cairo_t *cairo, double share) {
    const Screen *screen = &stage->session->base;
    if (!screen->shadow_area || !edit_takes_shadow(stage->session->edit))
        return;
    cairo_set_source_rgba(cairo, 1, 0.6, 0.1, share);
    tint(&stage->view, cairo, screen->shadow_area, screen->scale);
}

static cairo_surface_t *object_surface(Stage *stage, const Screen *screen, int factor, double share) {
    const View *view = &stage->view;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)view->canvas_width * factor,
                                                          (int)view->canvas_height * factor);
    cairo_surface_set_device_scale(surface, factor, factor);
    cairo_t *cairo = cairo_create(surface);
    gboolean has_line = screen->border->corners->len <= MOST_CORNERS;
    set_accent(stage->widget, cairo, has_line ? share : TINT);
    tint(view, cairo, screen->area, screen->scale);
    if (has_line) {
        add_border(cairo, screen, view, factor);
        stroke(stage, cairo, TRUE);
    }
    cairo_destroy(cairo);
    return surface;
}

// An object's mask in the accent's colour: its border, over a tint.
static void draw_object(Stage *stage, cairo_t *cairo, const Screen *screen, DrawnObject *drawn, double share) {
    int factor = gtk_widget_get_scale_factor(stage->widget);
    if (!screen->border)
        return;
    if (!drawn->surface || drawn->tint != share || drawn->factor != factor || drawn->stamp != screen->stamp ||
        !view_equal(&drawn->view, &stage->view)) {
        g_clear_pointer(&drawn->surface, cairo_surface_destroy);
        *drawn = (DrawnObject){object_surface(stage, screen, factor, share), stage->view, screen->stamp, factor, share};
    }
    cairo_set_source_surface(cairo, drawn->surface, 0, 0);
    cairo_paint(cairo);
}

static void draw_knob(Stage *stage, cairo_t *cairo, dragon_point at, gboolean is_square, gboolean is_chosen) {
    if (is_square)
        cairo_rectangle(cairo, at.x - 4.5, at.y - 4.5, 9, 9);
    else
        cairo_arc(cairo, at.x, at.y, 5, 0, 2 * G_PI);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_fill_preserve(cairo);
    stroke(stage, cairo, is_chosen);
}

static void draw_arrow(Stage *stage, cairo_t *cairo, Arrow arrow, gboolean is_chosen) {
    dragon_point from = view_to_canvas(&stage->view, arrow.from), to = view_to_canvas(&stage->view, arrow.to);
    double length = hypot(to.x - from.x, to.y - from.y);
    if (length > 12) {
        double x = (to.x - from.x) / length, y = (to.y - from.y) / length;
        cairo_move_to(cairo, from.x, from.y);
        cairo_line_to(cairo, to.x, to.y);
        cairo_move_to(cairo, to.x - 12 * x + 6 * y, to.y - 12 * y - 6 * x);
        cairo_line_to(cairo, to.x, to.y);
        cairo_line_to(cairo, to.x - 12 * x - 6 * y, to.y - 12 * y + 6 * x);
        stroke(stage, cairo, is_chosen);
    }
    draw_knob(stage, cairo, from, FALSE, is_chosen);
}

// The box of the object at its new place, with corners to size it by and a knob to turn it, and the way that it has come.
static void draw_target(Stage *stage, cairo_t *cairo) {
    const Edit *edit = stage->session->edit;
    Target target;
    if (!stage_target(stage, &target))
        return;
    const double dashes[] = {5, 4};
    cairo_save(cairo);
    for (int i = 0; i < 4; i++) {
        dragon_point at = view_to_canvas(&stage->view, target.corners[i]);
        cairo_line_to(cairo, floor(at.x) + 0.5, floor(at.y) + 0.5);
    }
    cairo_close_path(cairo);
    cairo_move_to(cairo, target.stem.x, target.stem.y);
    cairo_line_to(cairo, target.handles[GRIP_TURNER].x, target.handles[GRIP_TURNER].y);
    cairo_set_line_width(cairo, 1);
    cairo_set_source_rgba(cairo, 0, 0, 0, 0.6);
    cairo_stroke_preserve(cairo);
    cairo_set_dash(cairo, dashes, 2, 0);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_stroke(cairo);
    cairo_restore(cairo);
    for (int i = 0; i < GRIP_COUNT; i++)
        draw_knob(stage, cairo, target.handles[i], i != GRIP_TURNER, stage->grip == i);
    dragon_point shift = edit->displacement, middle = target.middle;
    if (edit->mode->carries == CARRIES_OBJECT && (shift.x != 0 || shift.y != 0))
        draw_arrow(stage, cairo, (Arrow){{middle.x - shift.x, middle.y - shift.y}, middle}, FALSE);
}

static void draw_lasso(Stage *stage, cairo_t *cairo) {
    for (guint i = 0; i < stage->lasso->len; i++) {
        dragon_point at = view_to_canvas(&stage->view, g_array_index(stage->lasso, dragon_point, i));
        cairo_line_to(cairo, at.x, at.y);
    }
    if (stage->lasso->len > 1)
        stroke(stage, cairo, TRUE);
}

// A point on the object, or one beside it.
static void draw_mark(cairo_t *cairo, dragon_point at, gboolean is_beside) {
    const double radius = 7, arm = 3.5, x = round(at.x), y = round(at.y);
    cairo_arc(cairo, x, y, radius, 0, 2 * G_PI);
    cairo_set_line_width(cairo, 3);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_stroke_preserve(cairo);
    if (is_beside)
        cairo_set_source_rgb(cairo, 0.78, 0.1, 0.1);
    else
        cairo_set_source_rgb(cairo, 0.1, 0.52, 0.16);
    cairo_fill(cairo);
    cairo_move_to(cairo, x - arm, y);
    cairo_line_to(cairo, x + arm, y);
    if (!is_beside) {
        cairo_move_to(cairo, x, y - arm);
        cairo_line_to(cairo, x, y + arm);
    }
    cairo_set_line_width(cairo, 2);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_stroke(cairo);
}

static void draw_marks(Stage *stage, cairo_t *cairo) {
    const GArray *marks = session_sketch(stage->session)->marks;
    for (guint i = 0; i < marks->len; i++) {
        Mark mark = g_array_index(marks, Mark, i);
        draw_mark(cairo, view_to_canvas(&stage->view, mark.at), mark.is_beside);
    }
}

static gboolean shows_touched(Stage *stage) {
    const Session *session = stage->session;
    const Sight *sight = &session->sight;
    return (sight->shows_touched || sight->tunes_touched) && session->touched.surface &&
           shown_surface(stage) == session->preview_surface;
}

void drawing_draw(Stage *stage, cairo_t *cairo) {
    const Session *session = stage->session;
    const Sight *sight = &session->sight;
    const Edit *edit = session->edit;
    draw_picture(stage, cairo);
    if (shows_touched(stage))
        draw_touched(stage, cairo);
    draw_lasso(stage, cairo);
    // Results and the original are shown as they are.
    if (sight->shows_original || (session->results.shown >= 0 && !sight->shows_reference))
        return;
    if (sight->shows_reference)
        draw_object(stage, cairo, &session->reference, &stage->drawn_reference, TINT);
    else if (edit->mode->mask != MASK_NONE) {
        gboolean is_bare = shown_surface(stage) == session->base.surface;
        draw_shadow(stage, cairo, is_bare ? SHADOW_TINT : FAINT_SHADOW_TINT);
        draw_object(stage, cairo, &session->base, &stage->drawn, is_bare ? TINT : 0);
    }
    if (stage_draws_outline(stage))
        draw_marks(stage, cairo);
    else
        draw_target(stage, cairo);
    if (!sight->shows_reference && stage_takes_arrows(stage))
        for (guint i = 0; i < edit->arrows->len; i++)
            draw_arrow(stage, cairo, g_array_index(edit->arrows, Arrow, i), (int)i == stage->arrow);
}

void drawing_clear(Stage *stage) {
    g_clear_pointer(&stage->drawn.surface, cairo_surface_destroy);
    g_clear_pointer(&stage->drawn_reference.surface, cairo_surface_destroy);
}
