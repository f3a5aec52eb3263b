/// A call of a procedure, from its values to the new layer, in each way in which it can be called.
#ifndef PLUGIN_CALLS_H
#define PLUGIN_CALLS_H

#include "batch.h"

typedef enum CallKind {
    /// By the dialog, which begins with the values of the last time.
    CALL_ASKS,
    /// By values that came with the call.
    CALL_IS_TOLD,
    /// By the values of the last time.
    CALL_AGAIN
} CallKind;

/// Runs an edit, inserts its result and remembers its values. The new layer, or NULL; an error unless it was closed.
/// `edit` and `call`: as the call's values say, where it is told.
HostLayer *calls_run(Host *host, CallKind kind, Edit *edit, Call *call, GError **error);

#endif
