/// What the edit intends, made anew after every change.
#ifndef PLUGIN_PREVIEW_H
#define PLUGIN_PREVIEW_H

#include "session.h"

typedef struct Preview Preview;

Preview *preview_new(Session *session);
/// Waits for one that is being made.
void preview_free(Preview *preview);

#endif
