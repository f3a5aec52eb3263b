#include "state.h"

// How long after a change the preview begins: while the pointer moves there is one in every frame or two.
static const guint DELAY_MILLISECONDS = 30;

static gboolean poll(gpointer data);

// Pictures of screen size stand in for the full ones.
static Material screen_material(const Dialog *dialog) {
    return (Material){dialog->base.picture, dialog->base.mask, dialog->reference.picture, dialog->reference.mask};
}

static void take(Dialog *dialog) {
    Box box;
    worker_wait(dialog->preview_worker);
    Picture *picture = worker_take_preview(dialog->preview_worker, &box);
    // An edit that runs draws on the preview itself.
    if (picture && !dialog->worker) {
        g_clear_pointer(&dialog->preview, cairo_surface_destroy);
        dialog->preview = surface_of(picture);
        gtk_widget_queue_draw(dialog->canvas);
    }
    picture_free(picture);
    worker_free(g_steal_pointer(&dialog->preview_worker));
}

static gboolean start(gpointer data) {
    Dialog *dialog = data;
    Material material = screen_material(dialog);
    dialog->preview_is_stale = FALSE;
    if (!dialog->base.picture || request_missing(dialog->edit, &material) != MISSING_NOTHING) {
        g_clear_pointer(&dialog->preview, cairo_surface_destroy);
        gtk_widget_queue_draw(dialog->canvas);
        dialog->preview_timer = 0;
        return G_SOURCE_REMOVE;
    }
    dialog->preview_worker = worker_start(WORKER_PREVIEW, dialog->edit, &material, dialog->base.scale,
                                          dialog->reference.picture ? dialog->reference.scale : 1, NULL);
    dialog->preview_timer = g_timeout_add(10, poll, dialog);
    return G_SOURCE_REMOVE;
}

static gboolean poll(gpointer data) {
    Dialog *dialog = data;
    if (!worker_state(dialog->preview_worker).is_done)
        return G_SOURCE_CONTINUE;
    take(dialog);
    dialog->preview_timer = dialog->preview_is_stale ? g_timeout_add(1, start, dialog) : 0;
    return G_SOURCE_REMOVE;
}

void preview_ask(Dialog *dialog) {
    if (dialog->worker)
        return;
    dialog->preview_is_stale = TRUE;
    if (!dialog->preview_timer)
        dialog->preview_timer = g_timeout_add(DELAY_MILLISECONDS, start, dialog);
}

void preview_stop(Dialog *dialog) {
    if (dialog->preview_timer)
        g_source_remove(dialog->preview_timer);
    dialog->preview_timer = 0;
    if (dialog->preview_worker)
        take(dialog);
}
