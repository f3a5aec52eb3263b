/// Finding the object that a sketch means. One thread at a time.
#ifndef PLUGIN_FINDING_H
#define PLUGIN_FINDING_H

#include "picture.h"
#include "sketch.h"

/// A picture in which objects are found.
typedef struct Finding Finding;

/// Holds the picture, and does no more until the first object is asked for.
Finding *finding_new(Picture *picture);
void finding_free(Finding *finding);

/// The object that a sketch means; NULL with a reason where there is none. The first takes longest.
Mask *finding_object(Finding *finding, const Sketch *sketch, GError **error);

#endif
