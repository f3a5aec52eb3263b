#include "calls.h"

#include <string.h>
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

// What another picture shows says nothing of this one.
static void forget_words(Edit *edit) {
    edit->prompt[0] = 0;
    edit->source_prompt[0] = 0;
    edit->reference_prompt[0] = 0;
}

// A dialog begins with what this picture was left with, else with the settings of the last one. What is done again is
// done with the last values, words and all.
static void recall(Host *host, CallKind kind, Edit *edit) {
    if (kind == CALL_ASKS && host->recall_from_image(host, edit))
        return;
    host->recall(host, edit);
    if (kind == CALL_ASKS)
        forget_words(edit);
}

HostLayer *calls_run(Host *host, CallKind kind, Edit *edit, Call *call, GError **error) {
    if (kind != CALL_IS_TOLD)
        recall(host, kind, edit);
    if (kind == CALL_AGAIN)
        call->reference = host->last_reference(host, edit->mode);
    char *before = edit_to_text(edit);
    HostLayer *layer =
        kind == CALL_ASKS ? run_dialog(host, edit, &call->reference, error) : batch_run(host, edit, call, error);
    if (layer)
        host->remember(host, edit, call->reference);
    // What was said of a picture is not lost by closing the dialog.
    char *after = edit_to_text(edit);
    if (layer || strcmp(before, after) != 0)
        host->remember_on_image(host, edit);
    g_free(before);
    g_free(after);
    return layer;
}
