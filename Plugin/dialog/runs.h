/// Runs of the edit, and the adding of models: what takes its time, on a thread, one at a time.
#ifndef PLUGIN_RUNS_H
#define PLUGIN_RUNS_H

#include "session.h"

typedef struct Runs Runs;

Runs *runs_new(Session *session);
/// Cancels what runs, and waits for it.
void runs_free(Runs *runs);

#endif
