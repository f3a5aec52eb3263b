/// The dialog of all edits.
#ifndef PLUGIN_DIALOG_H
#define PLUGIN_DIALOG_H

#include "host.h"

/// Shows the dialog until a result is inserted or it is closed. The new layer, or NULL; an error where it cannot be
/// shown. The edit becomes what was inserted; `reference`: the layer that was taken from.
HostLayer *dialog_run(Host *host, Edit *edit, HostLayer **reference, GError **error);

#endif
