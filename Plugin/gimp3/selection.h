/// What is selected: whether that has changed, for GIMP does not say, so that it is summed up; and something else in
/// its place.
#ifndef PLUGIN_SELECTION_H
#define PLUGIN_SELECTION_H

#include "gimp.h"

/// As the host's functions of those names.
gboolean selection_changed(Host *host, HostLayer *layer, guint64 *stamp);
gboolean selection_set(Host *host, HostLayer *layer, const Mask *mask, GError **error);

#endif
