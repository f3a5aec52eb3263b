/// What was drawn and placed, taken back and done again, by keys and buttons.
#ifndef PLUGIN_STEPS_H
#define PLUGIN_STEPS_H

#include <gtk/gtk.h>
#include "session.h"

gboolean steps_can_undo(const Session *session);
gboolean steps_can_redo(const Session *session);
void steps_undo(Session *session);
void steps_redo(Session *session);

/// Whether the key was one. `focus`: the widget that it would go to; a text has its own use of it.
gboolean steps_press_key(Session *session, GtkWidget *focus, const GdkEventKey *event);

#endif
