/// Has the objects found that are drawn around or clicked on, and the model look at the pictures for that, where it can tell.
#ifndef PLUGIN_FINDER_H
#define PLUGIN_FINDER_H

#include "engine.h"
#include "session.h"

typedef struct Finder Finder;

/// The engine is the caller's, and outlives it.
Finder *finder_new(Session *session, Engine *engine);
/// Waits for what is being found.
void finder_free(Finder *finder);

#endif
