/// What was drawn and clicked on a picture to say which of its objects is meant.
#ifndef PLUGIN_SKETCH_H
#define PLUGIN_SKETCH_H

#include "mask.h"

/// A point on the object, or one beside it.
typedef struct Mark {
    dragon_point at;
    gboolean is_beside;
} Mark;

/// Places are in pixels of the picture.
typedef struct Sketch {
    /// Of dragon_point: drawn around the object.
    GArray *outline;
    /// Of Mark, in the order in which they were set.
    GArray *marks;
} Sketch;

Sketch *sketch_new(void);
Sketch *sketch_copy(const Sketch *sketch);
void sketch_free(Sketch *sketch);
void sketch_clear(Sketch *sketch);
gboolean sketch_equal(const Sketch *a, const Sketch *b);

/// Moves all its points.
void sketch_shift(Sketch *sketch, dragon_point shift);

/// Whether an outline was drawn that encloses something.
gboolean sketch_has_outline(const Sketch *sketch);

/// Whether it means an object: by an outline, or by a point on it.
gboolean sketch_means_object(const Sketch *sketch);

/// The points on the object, or those beside it: of dragon_point.
GArray *sketch_points(const Sketch *sketch, gboolean beside);

/// Other points in place of those on the object, or of those beside it.
void sketch_set_points(Sketch *sketch, gboolean beside, const GArray *points);

/// What the outline encloses in a picture of some size; NULL without an outline.
Mask *sketch_enclosed(const Sketch *sketch, int width, int height);

#endif
