/// The procedures in GIMP's database, one for each mode: their names, arguments and what is read from a call.
#ifndef PLUGIN_PROCEDURES_H
#define PLUGIN_PROCEDURES_H

#include <libgimp/gimp.h>
#include "batch.h"
#include "gimp.h"

void procedures_install(void);

/// The mode of a procedure's name; NULL for an unknown name.
const Mode *procedures_mode(const char *name);

/// Reads a full call into an edit; places come in the image's pixels and become the layer's.
gboolean procedures_read(gint count, const GimpParam *params, Gimp *gimp, Edit *edit, Call *call, GError **error);

#endif
