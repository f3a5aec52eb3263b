/// The selected paths as arrows.
#ifndef PLUGIN_PATH_H
#define PLUGIN_PATH_H

#include "gimp.h"

/// As the host's read_arrows.
GArray *path_arrows(Host *host, gboolean ends);

#endif
