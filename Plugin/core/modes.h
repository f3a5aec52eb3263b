/// The kinds of edit, one row of a table each: what they are called, what they take, what the dialog says of them.
/// Menu, procedures, dialog and messages are made from it.
#ifndef PLUGIN_MODES_H
#define PLUGIN_MODES_H

#include <glib.h>
#include "dragon.h"
#include "missing.h"

/// What a mode is told beside prompt, model and options, in the order in which a procedure takes it.
typedef enum ModeArgument {
    ARGUMENT_END,
    /// Another picture, and what it shows.
    ARGUMENT_REFERENCE,
    ARGUMENT_ARROWS,
    /// How far the object goes.
    ARGUMENT_SHIFT,
    /// Where the object's middle goes.
    ARGUMENT_PLACE,
    /// Of the object's size.
    ARGUMENT_FACTOR,
} ModeArgument;

/// What the picture's mask means.
typedef enum ModeMask {
    MASK_NONE,
    /// An object, without which there is nothing to do.
    MASK_OBJECT,
    /// Where the picture may change; found where it is not given.
    MASK_REGION,
} ModeMask;

/// What can be dragged over the picture, and sized.
typedef enum ModeCarried { CARRIES_NOTHING, CARRIES_OBJECT, CARRIES_REFERENCE } ModeCarried;

typedef struct Mode {
    dragon_mode mode;
    /// Such as "move": in procedures' names and parasites.
    const char *key;
    /// In the menu; such as "Move Object", of dialog and layer; one line on what it does. Not yet translated.
    const char *menu;
    const char *name;
    const char *blurb;
    /// What the procedure browser adds.
    const char *help;
    ModeArgument arguments[4];
    ModeMask mask;
    ModeCarried carries;
    /// What is missing while the object neither moves nor changes its size.
    Missing unless_changed;
    /// Of the button that draws a mask; NULL for no such button. Not yet translated, as are all below.
    const char *outline_label;
    const char *outline_tooltip;
    /// Of the switch that takes the object's shadow too; NULL where that is not to be had.
    const char *shadow_label;
    /// What sets the mode apart from a similar one; NULL for nothing.
    const char *contrast;
    /// What can be done while nothing is missing.
    const char *ready;
    /// What may come of leaving all to the network; NULL for nothing.
    const char *without_plate;
} Mode;

extern const Mode MODES[];
extern const guint MODE_COUNT;

/// A mode's row; the first one for a number that is none.
const Mode *mode_of(dragon_mode mode);

/// The mode of a key; NULL for an unknown one.
const Mode *mode_by_key(const char *key);

/// Its name, translated.
const char *mode_name(const Mode *mode);

gboolean mode_takes(const Mode *mode, ModeArgument argument);

#endif
