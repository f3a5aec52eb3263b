/// Edits without a dialog.
#ifndef PLUGIN_BATCH_H
#define PLUGIN_BATCH_H

#include "procedures.h"

/// Takes from the image what the call did not say: the path's displacement, arrows or place. Used by the dialog too.
void batch_take_path(const Host *host, Edit *edit, const Material *material, const Call *call);

/// What is missing, as a sentence; NULL where nothing is.
const char *batch_missing(Missing missing);

/// Runs an edit with GIMP's own progress, and inserts its result. The new layer, or -1.
gint32 batch_run(const Host *host, Edit *edit, const Call *call, GError **error);

#endif
