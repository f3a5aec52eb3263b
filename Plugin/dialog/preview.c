#include "preview.h"

#include "quick.h"
#include "worker.h"

// How long after a change the preview begins: what changes together is one change.
static const guint DELAY_MILLISECONDS = 5;
static const guint POLL_MILLISECONDS = 4;
// After so long without a change it is made at the full size of what is shown.
static const guint STILL_MILLISECONDS = 120;

struct Preview {
    Session *session;
    Quick quick;
    Worker *worker;
    gboolean is_stale;
    /// Whether the one that is made, or was made last, is a quick one.
    gboolean is_quick;
    /// Whether the timer waits for stillness.
    gboolean is_waiting;
    guint timer;
};

static gboolean poll(gpointer data);

static void show(Preview *preview, Picture *picture, Mask *touched, Box box, double scale) {
    session_set_preview(preview->session, picture);
    session_set_touched(preview->session, touched, box, scale);
    session_tell(preview->session, SESSION_PREVIEW);
}

static void take(Preview *preview) {
    Box area, box = {0};
    double scale = 1;
    worker_wait(preview->worker);
    Picture *picture = worker_take_preview(preview->worker, &area);
    Mask *touched = worker_take_touched(preview->worker, &box, &scale);
    if (picture)
        show(preview, picture, touched, box, scale);
    else
        mask_free(touched);
    worker_free(g_steal_pointer(&preview->worker));
}

static void begin(Preview *preview, gboolean quickly) {
    Session *session = preview->session;
    // Pictures of screen size stand in for the full ones.
    Material material = {session->base.picture, session->base.mask,         session->base.held,
                         session->base.shadow,  session->reference.picture, session->reference.mask};
    preview->is_stale = FALSE;
    preview->is_waiting = FALSE;
    preview->timer = 0;
    if (request_missing(session->edit, &material) != MISSING_NOTHING) {
        show(preview, NULL, NULL, (Box){0}, 1);
        return;
    }
    preview->is_quick = quickly && quick_follow(&preview->quick, session);
    const Quick *quick = &preview->quick;
    preview->worker =
        preview->is_quick
            ? worker_start_preview(session->edit, &quick->material, quick->scale, quick->reference_scale,
                                   material.picture)
            : worker_start_preview(session->edit, &material, session->base.scale,
                                   session->reference.picture ? session->reference.scale : 1, material.picture);
    preview->timer = g_timeout_add(POLL_MILLISECONDS, poll, preview);
}

static gboolean start(gpointer data) {
    begin(data, TRUE);
    return G_SOURCE_REMOVE;
}

static gboolean refine(gpointer data) {
    begin(data, FALSE);
    return G_SOURCE_REMOVE;
}

static gboolean poll(gpointer data) {
    Preview *preview = data;
    if (!worker_state(preview->worker).is_done)
        return G_SOURCE_CONTINUE;
    take(preview);
    preview->timer = 0;
    if (preview->is_stale) {
        preview->timer = g_timeout_add(1, start, preview);
    } else if (preview->is_quick) {
        preview->is_waiting = TRUE;
        preview->timer = g_timeout_add(STILL_MILLISECONDS, refine, preview);
    }
    return G_SOURCE_REMOVE;
}

static void listen(guint events, void *data) {
    Preview *preview = data;
    if (!(events & (SESSION_EDIT | SESSION_OBJECTS | SESSION_REFERENCE)))
        return;
    preview->is_stale = TRUE;
    if (preview->is_waiting)
        g_source_remove(preview->timer);
    if (preview->is_waiting || !preview->timer)
        preview->timer = g_timeout_add(DELAY_MILLISECONDS, start, preview);
    preview->is_waiting = FALSE;
}

Preview *preview_new(Session *session) {
    Preview *preview = g_new0(Preview, 1);
    preview->session = session;
    session_listen(session, listen, preview);
    return preview;
}

void preview_free(Preview *preview) {
    if (preview->timer)
        g_source_remove(preview->timer);
    if (preview->worker)
        worker_free(preview->worker);
    quick_clear(&preview->quick);
    g_free(preview);
}
