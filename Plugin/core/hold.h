/// What the arrows of a drag hold of a region: the object in it on which they begin.
#ifndef PLUGIN_HOLD_H
#define PLUGIN_HOLD_H

#include "mask.h"

typedef struct Hold {
    /// Where it was looked for; NULL for nothing.
    Mask *region;
    /// Of dragon_point: where the arrows begin.
    GArray *grips;
    /// NULL where nothing in the region can be told from the rest.
    Mask *object;
} Hold;

/// The question: of a region and of points, which become its own. Nothing is found yet.
Hold hold_of(Mask *region, GArray *grips);
void hold_clear(Hold *hold);

/// Whether two look for the same.
gboolean hold_asks_same(const Hold *a, const Hold *b);

#endif
