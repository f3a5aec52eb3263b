/// The window of an edit: what to do is drawn on the picture, tried, and one of the results chosen.
#ifndef PLUGIN_WINDOW_H
#define PLUGIN_WINDOW_H

#include "session.h"

/// Runs the window, and the edits that it asks for. TRUE where the user chose to insert the result that is shown.
gboolean window_run(Session *session);

#endif
