/// Mouse and keyboard while an object is drawn around or clicked on. Places are the canvas's.
#ifndef PLUGIN_OUTLINING_H
#define PLUGIN_OUTLINING_H

#include "stage.h"

/// The mark under the pointer; −1 for none.
int outlining_mark_at(const Stage *stage, dragon_point at);

/// Sets a mark, or takes away the one that is there.
void outlining_click(Stage *stage, dragon_point at, gboolean is_beside);

/// Whether a pointer that was pressed on an object found by clicks, and goes to `now`, carries it away: then the tool is
/// no longer this one.
gboolean outlining_becomes_carrying(Stage *stage, dragon_point now);

/// The button is let go: what was drawn counts as an outline, or as a click.
void outlining_end(Stage *stage, gboolean is_beside);

/// Whether the key was one.
gboolean outlining_press_key(Stage *stage, guint key);

#endif
