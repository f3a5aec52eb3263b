/// Has the objects found that are drawn around or clicked on.
#ifndef PLUGIN_FINDER_H
#define PLUGIN_FINDER_H

#include "session.h"

typedef struct Finder Finder;

Finder *finder_new(Session *session);
/// Waits for what is being found.
void finder_free(Finder *finder);

#endif
