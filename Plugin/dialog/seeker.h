/// Finds the objects of one picture on a thread of its own, which touches nothing of GIMP's or GTK's. What was asked for
/// last counts.
#ifndef PLUGIN_SEEKER_H
#define PLUGIN_SEEKER_H

#include "finding.h"

typedef struct Seeker Seeker;

/// What is found by a sketch.
typedef struct Answer {
    Sketch *sketch;
    /// NULL where nothing was found, and then why.
    Mask *mask;
    GError *error;
} Answer;

/// What an object casts.
typedef struct Cast {
    Mask *object;
    /// NULL for none.
    Mask *shadow;
} Cast;

/// Holds the picture, and takes it in at once.
Seeker *seeker_new(Picture *picture);
/// Waits for the end of what it does.
void seeker_free(Seeker *seeker);

/// Asks for the object of a sketch, in place of what was asked for before.
void seeker_ask(Seeker *seeker, const Sketch *sketch);

/// The answer to what was asked for last, once; FALSE while there is none. Its parts become the caller's.
gboolean seeker_take(Seeker *seeker, Answer *answer);

/// The same of an object's shadow, which is looked for after any object that is asked for.
void seeker_ask_shadow(Seeker *seeker, Mask *object);
gboolean seeker_take_shadow(Seeker *seeker, Cast *cast);

#endif
