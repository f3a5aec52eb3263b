#include "preview.h"

#include "worker.h"

// How long after a change the preview begins: while the pointer moves there is one in every frame or two.
static const guint DELAY_MILLISECONDS = 30;
static const guint POLL_MILLISECONDS = 10;

struct Preview {
    Session *session;
    Worker *worker;
    gboolean is_stale;
    guint timer;
};

static gboolean poll(gpointer data);

static void show(Preview *preview, Picture *picture) {
    session_set_preview(preview->session, picture);
    session_tell(preview->session, SESSION_PREVIEW);
}

static void take(Preview *preview) {
    Box box;
    worker_wait(preview->worker);
    Picture *picture = worker_take_preview(preview->worker, &box);
    if (picture)
        show(preview, picture);
    worker_free(g_steal_pointer(&preview->worker));
}

static gboolean start(gpointer data) {
    Preview *preview = data;
    Session *session = preview->session;
    // Pictures of screen size stand in for the full ones.
    Material material = {session->base.picture, session->base.mask, session->reference.picture,
                         session->reference.mask};
    preview->is_stale = FALSE;
    preview->timer = 0;
    if (request_missing(session->edit, &material) != MISSING_NOTHING) {
        show(preview, NULL);
        return G_SOURCE_REMOVE;
    }
    preview->worker = worker_start(WORKER_PREVIEW, session->edit, &material, session->base.scale,
                                   session->reference.picture ? session->reference.scale : 1, NULL);
    preview->timer = g_timeout_add(POLL_MILLISECONDS, poll, preview);
    return G_SOURCE_REMOVE;
}

static gboolean poll(gpointer data) {
    Preview *preview = data;
    if (!worker_state(preview->worker).is_done)
        return G_SOURCE_CONTINUE;
    take(preview);
    preview->timer = preview->is_stale ? g_timeout_add(1, start, preview) : 0;
    return G_SOURCE_REMOVE;
}

static void listen(guint events, void *data) {
    Preview *preview = data;
    if (!(events & (SESSION_EDIT | SESSION_OBJECTS | SESSION_REFERENCE)))
        return;
    preview->is_stale = TRUE;
    if (!preview->timer)
        preview->timer = g_timeout_add(DELAY_MILLISECONDS, start, preview);
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
    g_free(preview);
}
