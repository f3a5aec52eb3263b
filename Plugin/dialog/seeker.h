/// Finds the objects of one picture on a thread of its own, which touches nothing of GIMP's or GTK's. What was asked for
/// last counts.
#ifndef PLUGIN_SEEKER_H
#define PLUGIN_SEEKER_H

#include "engine.h"
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

/// Where the look of a model at the picture stands.
typedef enum Look { LOOK_NONE, LOOK_RUNNING, LOOK_DONE } Look;

/// Holds the picture, and takes it in at once.
Seeker *seeker_new(Picture *picture);
/// Waits for the end of what it does.
void seeker_free(Seeker *seeker);

/// Has the edit's model look at the picture, on a thread of its own; not while it does already. What is asked for meanwhile does not
/// wait for it.
void seeker_attend(Seeker *seeker, Engine *engine, const Edit *edit);
/// Ends that, without waiting.
void seeker_stop_attending(Seeker *seeker);
/// Where it stands. LOOK_DONE once, after it went as far as it could; LOOK_NONE where it was ended.
Look seeker_look(Seeker *seeker);

/// Asks for the object of a sketch, in place of what was asked for before.
void seeker_ask(Seeker *seeker, const Sketch *sketch);

/// The answer to what was asked for last, once; FALSE while there is none. Its parts become the caller's.
gboolean seeker_take(Seeker *seeker, Answer *answer);

/// The same of what a hold asks for, once any object is found. Takes it over; what is taken is the caller's.
void seeker_ask_hold(Seeker *seeker, Hold hold);
gboolean seeker_take_hold(Seeker *seeker, Hold *hold);

/// The same of an object's shadow, which is looked for after any object that is asked for.
void seeker_ask_shadow(Seeker *seeker, Mask *object);
gboolean seeker_take_shadow(Seeker *seeker, Cast *cast);

#endif
