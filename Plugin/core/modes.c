#include "modes.h"

#include <string.h>
#include "words.h"

#define READY_TO_CARRY                                                                                                 \
    N_("Drag the object, a corner of its box to size it, or the round knob to turn it. Arrow keys move it by one "     \
       "pixel, with Shift by ten.")
#define READY_ARROWS N_("Drag the ends of arrows to change them; the right button removes one.")
#define GHOST N_("The old place is not filled first: the old object may stay as a ghost.")

const Mode MODES[] = {
    {.mode = DRAGON_MOVE,
     .key = "move",
     .menu = N_("_Move Object..."),
     .name = N_("Move Object"),
     .blurb = N_("Move the selected object and fill the place it leaves"),
     .help = "The selection is the object. One stroke of the selected path, or the dialog, says where to.",
     .arguments = {ARGUMENT_SHIFT, ARGUMENT_FACTOR},
     .mask = MASK_OBJECT,
     .carries = CARRIES_OBJECT,
     .unless_changed = MISSING_DISPLACEMENT,
     .shadow_label = N_("_Take its shadow along"),
     .outline_label = N_("Draw _outline"),
     .outline_tooltip = N_("Draw around the object or click on it, in place of the selection"),
     .ready = READY_TO_CARRY,
     .without_plate = GHOST},
    {.mode = DRAGON_RESIZE,
     .key = "resize",
     .menu = N_("_Resize Object..."),
     .name = N_("Resize Object"),
     .blurb = N_("Make the selected object larger or smaller where it stands"),
     .help = "The selection is the object.",
     .arguments = {ARGUMENT_FACTOR},
     .mask = MASK_OBJECT,
     .carries = CARRIES_OBJECT,
     .unless_changed = MISSING_FACTOR,
     .shadow_label = N_("_Take its shadow along"),
     .outline_label = N_("Draw _outline"),
     .outline_tooltip = N_("Draw around the object or click on it, in place of the selection"),
     .ready = READY_TO_CARRY,
     .without_plate = GHOST},
    {.mode = DRAGON_DRAG,
     .key = "drag",
     .menu = N_("_Drag Content..."),
     .name = N_("Drag Content"),
     .blurb = N_("Drag what is under points to other points"),
     .help = "The selection is the region that may change. The object under the points is found, in the region where "
             "there is one, and bent before what lies behind it, unless the options say as-drawn=1.",
     .arguments = {ARGUMENT_ARROWS},
     .mask = MASK_REGION,
     .outline_label = N_("Draw re_gion"),
     .outline_tooltip = N_("Draw around what may change, in place of the selection"),
     .contrast = N_("The object under the arrows is bent, and what lies behind it stays. A region, drawn or selected, "
                    "limits the change. Where everything may follow, as in a face, take Match Landmarks."),
     .ready = READY_ARROWS,
     .without_plate = GHOST},
    {.mode = DRAGON_LANDMARK,
     .key = "landmark",
     .menu = N_("Match _Landmarks..."),
     .name = N_("Match Landmarks"),
     .blurb = N_("Bring points of the picture to other places, all else is free"),
     .help = "Each stroke of the selected paths leads from a point to its place.",
     .arguments = {ARGUMENT_ARROWS},
     .contrast = N_("Everything around may follow the points: best for faces and poses. Drag Content changes only a "
                    "region."),
     .ready = READY_ARROWS},
    {.mode = DRAGON_APPEARANCE,
     .key = "appearance",
     .menu = N_("Replace _Appearance..."),
     .name = N_("Replace Appearance"),
     .blurb = N_("Give the selected object the looks of another one"),
     .help = "The selection is the object; the reference shows the looks.",
     .arguments = {ARGUMENT_REFERENCE},
     .mask = MASK_OBJECT,
     .outline_label = N_("Draw _outline"),
     .outline_tooltip = N_("Draw around the object or click on it, in place of the selection"),
     .ready = N_("The outlined object will take on the other one's looks.")},
    {.mode = DRAGON_PASTE,
     .key = "paste",
     .menu = N_("_Paste Object..."),
     .name = N_("Paste Object"),
     .blurb = N_("Lay an object of another picture into this one"),
     .help = "The reference shows the object, by its selection, mask or transparency.",
     .arguments = {ARGUMENT_REFERENCE, ARGUMENT_PLACE, ARGUMENT_FACTOR},
     .carries = CARRIES_REFERENCE,
     .ready = READY_TO_CARRY},
    {.mode = DRAGON_REMOVE,
     .key = "remove",
     .menu = N_("R_emove Object..."),
     .name = N_("Remove Object"),
     .blurb = N_("Take what is selected out of the picture and fill its place"),
     .help = "The selection is the object; its parts may lie apart.",
     .mask = MASK_OBJECT,
     .outline_label = N_("Draw _outline"),
     .outline_tooltip = N_("Draw around the object or click on it, in place of the selection"),
     .shadow_label = N_("Remove its shadow _too"),
     .contrast = N_("Its shadow stays, unless that is removed or outlined too."),
     .ready = N_("What is outlined will be gone, and its place look like what is around it."),
     .without_plate = GHOST},
};
const guint MODE_COUNT = G_N_ELEMENTS(MODES);

const Mode *mode_of(dragon_mode mode) {
    for (guint i = 0; i < MODE_COUNT; i++)
        if (MODES[i].mode == mode)
            return &MODES[i];
    return MODES;
}

const Mode *mode_by_key(const char *key) {
    for (guint i = 0; i < MODE_COUNT; i++)
        if (strcmp(MODES[i].key, key) == 0)
            return &MODES[i];
    return NULL;
}

const char *mode_name(const Mode *mode) {
    return _(mode->name);
}

gboolean mode_takes(const Mode *mode, ModeArgument argument) {
    for (guint i = 0; i < G_N_ELEMENTS(mode->arguments) && mode->arguments[i] != ARGUMENT_END; i++)
        if (mode->arguments[i] == argument)
            return TRUE;
    return FALSE;
}
