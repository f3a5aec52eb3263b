/// Layers that can be taken from: of open images, and of files.
#ifndef PLUGIN_LAYERS_H
#define PLUGIN_LAYERS_H

#include "gimp.h"

/// As the host's functions of those names.
GPtrArray *layers_list(Host *host);
const char *layers_name(Host *host, HostLayer *layer);
gboolean layers_open_file(Host *host, const char *path, GPtrArray *layers, GError **error);

#endif
