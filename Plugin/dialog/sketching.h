/// What the user draws around an object, and clicks on and beside it: of the picture that is looked at.
#ifndef PLUGIN_SKETCHING_H
#define PLUGIN_SKETCHING_H

#include "session.h"

/// A new outline counts, in place of all that was drawn and clicked: points of dragon_point.
void sketching_set_outline(Session *session, const GArray *points);

/// Whether clicks mean an object there.
gboolean sketching_takes_marks(const Session *session);

/// Sets a point on the object, or one beside it; the first one begins another object.
void sketching_add_mark(Session *session, dragon_point at, gboolean is_beside);
void sketching_remove_mark(Session *session, guint index);

/// Whether what is drawn, or a region, could be taken as it is, and whether that is done.
gboolean sketching_has_choice(const Session *session);
void sketching_set_as_drawn(Session *session, gboolean as_drawn);

#endif
