/// What is kept from one call to the next. GIMP keeps the values of a dialog itself, from one day to the next, and leaves
/// out those of a script and layers: while it runs, these are kept beside.
#ifndef PLUGIN_LAST_H
#define PLUGIN_LAST_H

#include "gimp.h"

/// As the host's functions of those names.
void last_remember(Host *host, const Edit *edit, HostLayer *reference);
void last_recall(Host *host, Edit *edit);
HostLayer *last_reference(Host *host, const Mode *mode);
void last_remember_on_image(Host *host, const Edit *edit);
gboolean last_recall_from_image(Host *host, Edit *edit);

#endif
