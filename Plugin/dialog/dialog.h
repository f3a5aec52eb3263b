/// The dialog of all edits.
#ifndef PLUGIN_DIALOG_H
#define PLUGIN_DIALOG_H

#include "host.h"

/// Shows the dialog until a result is inserted or it is closed. The new layer, or -1; an error where it cannot be
/// shown. `reference`: becomes the layer that was taken from.
gint32 dialog_run(const Host *host, Edit *edit, gint32 *reference, GError **error);

#endif
