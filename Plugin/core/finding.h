/// Finding the object that a sketch means. One thread at a time, but for finding_selector.
#ifndef PLUGIN_FINDING_H
#define PLUGIN_FINDING_H

#include "hold.h"
#include "picture.h"
#include "sketch.h"

/// A picture in which objects are found.
typedef struct Finding Finding;

/// Holds the picture, and does no more.
Finding *finding_new(Picture *picture);
/// Takes the picture in, for which the first object would else wait.
void finding_prepare(Finding *finding);
void finding_free(Finding *finding);

/// The engine's handle of the picture, which is taken in where it is not yet; NULL where it cannot be. It lives as long as this.
dragon_selector *finding_selector(Finding *finding);

const Picture *finding_picture(const Finding *finding);

/// The object that a sketch means; NULL with a reason where there is none.
Mask *finding_object(Finding *finding, const Sketch *sketch, GError **error);

/// Takes note of the object that a hold asks for; of none where none can be told.
void finding_hold(Finding *finding, Hold *hold);

/// The shadow that an object of the picture casts, softly; NULL for none.
Mask *finding_shadow(Finding *finding, const Mask *object);

#endif
