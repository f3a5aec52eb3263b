/// The procedures in GIMP's database: their names, arguments and what is read from a call.
#ifndef PLUGIN_PROCEDURES_H
#define PLUGIN_PROCEDURES_H

#include <libgimp/gimp.h>
#include "host.h"

void procedures_install(void);

/// The mode of a procedure's name; FALSE for an unknown name.
gboolean procedures_mode(const char *name, dragon_mode *mode);

/// Reads a full call into an edit; places come in the image's pixels and become the layer's. `reference`: -1 for none.
/// `place`: of paste, where the object's middle goes; `has_place` FALSE leaves it to the path.
typedef struct Call {
    gint32 reference;
    dragon_point place;
    gboolean has_place;
} Call;

gboolean procedures_read(gint count, const GimpParam *params, const Host *host, Edit *edit, Call *call, GError **error);

#endif
