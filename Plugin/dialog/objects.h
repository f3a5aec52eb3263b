/// What the objects of a session are, on the picture and on the other one: what was drawn or clicked, else what is
/// selected.
#ifndef PLUGIN_OBJECTS_H
#define PLUGIN_OBJECTS_H

#include "session.h"

/// Reads all that the edit is made from, and where the active path says that it goes.
void objects_begin(Session *session);

/// Reads the chosen source, and takes its object, which begins in the picture's middle or at the path's end.
void objects_read_source(Session *session);

/// The masks follow what was found, their outlines or selections.
void objects_take(Session *session);

/// The object of the picture that is looked at is another one: it begins where it stands, as large as it is.
void objects_take_new(Session *session);

/// What the first arrow begins on is the object that all of them hold, unless something is drawn or selected: a step of its own.
void objects_hold(Session *session);

/// Of a region that is drawn or selected, arrows hold what they begin on: it is looked for.
void objects_grasp(Session *session);

/// Sketches of an earlier or later step: what was found of others is theirs no more.
void objects_take_back(Session *session);

/// What a sketch of the edit was found to mean. Takes sketch and mask over; the mask is NULL where nothing was found.
void objects_take_found(Session *session, gboolean of_reference, Sketch *sketch, Mask *mask);

/// What the picture's object was found to cast. Takes both over; the shadow is NULL where there is none.
void objects_take_shadow(Session *session, Mask *object, Mask *shadow);

/// What arrows were found to hold of a region. Takes it over.
void objects_take_hold(Session *session, Hold hold);

/// Reads selections that the program has changed.
void objects_look(Session *session);

/// Makes the object the program's selection.
void objects_select(Session *session);

#endif
