/// GIMP's image and layer, opened as a host.
#ifndef PLUGIN_OPENING_H
#define PLUGIN_OPENING_H

#include "gimp.h"

/// Opens the layer that a call's drawables stand for: one layer, or the one whose mask it is. NULL with a reason where
/// it cannot be edited. `drawables`: ends with NULL.
Gimp *opening_new(GimpImage *image, GimpDrawable **drawables, GimpProcedureConfig *config, GError **error);
void opening_free(Gimp *gimp);

#endif
