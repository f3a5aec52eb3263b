/// Whether a selection has changed: GIMP does not say, so that what is selected is summed up.
#ifndef PLUGIN_SELECTION_H
#define PLUGIN_SELECTION_H

#include "gimp.h"

/// As the host's function of that name.
gboolean selection_changed(Host *host, HostLayer *layer, guint64 *stamp);

#endif
