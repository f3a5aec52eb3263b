/// The only place that changes an image.
#ifndef PLUGIN_RESULT_H
#define PLUGIN_RESULT_H

#include "gimp.h"

/// As the host's insert.
HostLayer *result_insert(Host *host, const Edit *edit, const Material *material, dragon_result *result, GError **error);

#endif
