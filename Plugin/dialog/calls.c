#include "calls.h"

#include <unistd.h>
#include "dialog.h"

// A dialog that outlives its program could insert nothing, and would keep the model's memory.
static gboolean watch_parent(gpointer parent) {
    if (getppid() != GPOINTER_TO_INT(parent))
        _exit(1);
    return G_SOURCE_CONTINUE;
}

static HostLayer *run_dialog(Host *host, Edit *edit, HostLayer **reference, GError **error) {
    guint watch = g_timeout_add_seconds(1, watch_parent, GINT_TO_POINTER(getppid()));
    HostLayer *layer = dialog_run(host, edit, reference, error);
    g_source_remove(watch);
    return layer;
}

HostLayer *calls_run(Host *host, CallKind kind, Edit *edit, Call *call, GError **error) {
    if (kind != CALL_IS_TOLD)
        host->recall(host, edit);
    if (kind == CALL_AGAIN)
        call->reference = host->last_reference(host, edit->mode);
    HostLayer *layer =
        kind == CALL_ASKS ? run_dialog(host, edit, &call->reference, error) : batch_run(host, edit, call, error);
    if (layer)
        host->remember(host, edit, call->reference);
    return layer;
}
