/// What the user has drawn and placed, step by step, to be taken back and done again. Words and numbers of an edit that
/// say how it is computed are not of it.
#ifndef PLUGIN_HISTORY_H
#define PLUGIN_HISTORY_H

#include "edit.h"

/// What a step changes: steps of one kind that follow each other at once are one, but for those of their own.
typedef enum StepKind {
    /// Never one with another: a drag, an outline, a click.
    STEP_OWN,
    STEP_SHIFT,
    STEP_SIZE,
    STEP_TURN,
    STEP_ARROW,
} StepKind;

typedef struct History History;

/// Begins with the edit as it stands.
History *history_new(const Edit *edit);
void history_free(History *history);

/// The user begins something: the next change is a step, which all changes up to the next beginning are of. `now`: in
/// microseconds.
void history_begin_step(History *history, StepKind kind, gint64 now);

/// The edit as it stands is where the step has come to. Without a step that was begun it follows what is not the user's.
void history_follow(History *history, const Edit *edit);

/// What was begun is over: what changes from here on is not of it.
void history_end_step(History *history);

gboolean history_can_undo(const History *history);
gboolean history_can_redo(const History *history);

/// Draws and places in the edit what was there a step before, or after. FALSE where there is none.
gboolean history_undo(History *history, Edit *edit);
gboolean history_redo(History *history, Edit *edit);

#endif
