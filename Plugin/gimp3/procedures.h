/// The procedures as GIMP knows them: one for each mode, made from its row.
#ifndef PLUGIN_PROCEDURES_H
#define PLUGIN_PROCEDURES_H

#include "batch.h"
#include "gimp.h"

/// The procedures' names, of char.
GList *procedures_names(void);

/// A mode's procedure; NULL for a name that is none.
GimpProcedure *procedures_new(GimpPlugIn *plug_in, const char *name, GimpRunImageFunc run);

/// Reads a call's values into its edit. FALSE with a reason where one is no good.
gboolean procedures_read(Gimp *gimp, Edit *edit, Call *call, GError **error);

/// The layer that the values name as the reference, while it is there; else NULL.
HostLayer *procedures_reference(Gimp *gimp);

/// Makes the values those of an edit, which is given as text.
void procedures_write(const Mode *mode, GimpProcedureConfig *config, const char *text);

#endif
