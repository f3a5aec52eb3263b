/// GIMP's image and layer, opened as a host.
#ifndef PLUGIN_OPENING_H
#define PLUGIN_OPENING_H

#include "gimp.h"

/// Opens the layer that a drawable stands for: itself, or the one whose mask it is. NULL with a reason where it cannot
/// be edited.
Gimp *opening_new(gint32 image, gint32 drawable, GError **error);
void opening_free(Gimp *gimp);

#endif
