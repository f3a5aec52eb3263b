/// What previews are made of while something moves: pictures so small that they keep up with the pointer.
#ifndef PLUGIN_QUICK_H
#define PLUGIN_QUICK_H

#include "session.h"

typedef struct Quick {
    Material material;
    /// As request_fill takes them.
    double scale, reference_scale;
    /// What it was made of: pictures, and the stamps of their masks.
    const Picture *pictures[2];
    guint stamps[2];
} Quick;

/// Makes it again where the session has another picture or outline.
///
/// - Returns: whether it is any smaller than what the session shows.
gboolean quick_follow(Quick *quick, const Session *session);
void quick_clear(Quick *quick);

#endif
