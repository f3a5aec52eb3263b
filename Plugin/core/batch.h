/// Edits without a dialog.
#ifndef PLUGIN_BATCH_H
#define PLUGIN_BATCH_H

#include "host.h"

/// What a call says beside the edit. Places are in the base's pixels.
typedef struct Call {
    /// NULL for none.
    HostLayer *reference;
    /// Where the middle of a pasted object goes; `has_place` FALSE leaves it to the path.
    dragon_point place;
    gboolean has_place;
} Call;

/// Runs an edit with the host's own progress, and inserts its result. The new layer, or NULL with a reason.
HostLayer *batch_run(Host *host, Edit *edit, const Call *call, GError **error);

#endif
