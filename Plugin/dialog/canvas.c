#include "canvas.h"

#include "drawing.h"
#include "gestures.h"
#include "words.h"

static gboolean draw(GtkWidget *widget, cairo_t *cairo, gpointer data) {
    gtk_render_background(gtk_widget_get_style_context(widget), cairo, 0, 0, gtk_widget_get_allocated_width(widget),
                          gtk_widget_get_allocated_height(widget));
    drawing_draw(data, cairo);
    return TRUE;
}

static void resized(GtkWidget *widget, GdkRectangle *area, Stage *stage) {
    (void)widget;
    view_set_canvas(&stage->view, area->width, area->height);
}

static void listen(guint events, void *data) {
    Stage *stage = data;
    const Session *session = stage->session;
    double width = stage->view.picture_width, height = stage->view.picture_height;
    if (events & SESSION_WISH_FIT)
        stage_fit(stage);
    if (events & (SESSION_SIGHT | SESSION_REFERENCE)) {
        const Screen *screen = session_screen(stage->session);
        // Only another picture is brought in whole: the same one stays as the user zoomed it.
        if (screen->picture &&
            (width != screen->picture->width / screen->scale || height != screen->picture->height / screen->scale))
            stage_fit(stage);
    }
    if (stage->arrow >= (int)session->edit->arrows->len)
        stage->arrow = -1;
    gtk_widget_queue_draw(stage->widget);
}

static void destroyed(GtkWidget *widget, Stage *stage) {
    (void)widget;
    drawing_clear(stage);
    edit_free(stage->before);
    g_array_unref(stage->lasso);
    g_free(stage);
}

GtkWidget *canvas_new(Session *session) {
    Stage *stage = g_new0(Stage, 1);
    GtkWidget *canvas = gtk_drawing_area_new();
    stage->session = session;
    stage->widget = canvas;
    stage->arrow = stage->grip = -1;
    stage->lasso = g_array_new(FALSE, FALSE, sizeof(dragon_point));
    gtk_widget_set_size_request(canvas, 420, 320);
    gtk_widget_set_can_focus(canvas, TRUE);
    gtk_widget_set_hexpand(canvas, TRUE);
    gtk_widget_set_vexpand(canvas, TRUE);
    gtk_style_context_add_class(gtk_widget_get_style_context(canvas), "dragon-canvas");
    gtk_widget_set_name(canvas, "canvas");
    atk_object_set_name(gtk_widget_get_accessible(canvas), _("Picture"));
    g_signal_connect(canvas, "draw", G_CALLBACK(draw), stage);
    g_signal_connect(canvas, "size-allocate", G_CALLBACK(resized), stage);
    g_signal_connect(canvas, "destroy", G_CALLBACK(destroyed), stage);
    gestures_add(stage);
    stage_fit(stage);
    session_listen(session, listen, stage);
    return canvas;
}
