/// What the objects of a session are, on the picture and on the other one: what was drawn around, else what is selected.
#ifndef PLUGIN_OBJECTS_H
#define PLUGIN_OBJECTS_H

#include "session.h"

/// Reads all that the edit is made from, and where the active path says that it goes.
void objects_begin(Session *session);

/// Reads the chosen source, and takes its object, which begins in the picture's middle or at the path's end.
void objects_read_source(Session *session);

/// The masks follow their outlines or selections.
void objects_take(Session *session);

/// A new outline counts, of the picture that is looked at: points of dragon_point. The object begins where it stands,
/// as large as it is.
void objects_set_outline(Session *session, const GArray *points);

/// Reads selections that the program has changed.
void objects_look(Session *session);

#endif
