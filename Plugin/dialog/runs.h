/// Runs of the edit, and the adding of models: what takes its time, on a thread, one at a time.
#ifndef PLUGIN_RUNS_H
#define PLUGIN_RUNS_H

#include "engine.h"
#include "session.h"

typedef struct Runs Runs;

/// The engine is the caller's, and outlives them.
Runs *runs_new(Session *session, Engine *engine);
/// Cancels what runs, and waits for it.
void runs_free(Runs *runs);

#endif
