#include "missing.h"

#include <stddef.h>
#include "words.h"

typedef struct Sentences {
    const char *hint;
    const char *message;
} Sentences;

static const Sentences SENTENCES[MISSING_COUNT] = {
    [MISSING_OBJECT] = {N_("Draw around the object with the mouse, or click on it. (A selection made beforehand "
                           "counts as the object.)"),
                        N_("No object: select it on the layer first.")},
    [MISSING_FIRM_OBJECT] =
        {N_("The selection is too faint: nothing is selected by half or more. Draw around the object, click on "
            "it, or use Select ▸ Sharpen in GIMP."),
         N_("The selection is too faint: nothing is selected by half or more. Use Select ▸ Sharpen.")},
    [MISSING_DISPLACEMENT] = {N_("Drag the object to its new place."),
                              N_("No displacement: give one, or draw a path from the object to its new place.")},
    [MISSING_FACTOR] = {N_("Drag a corner of the box, or use the slider, to make the object larger or smaller."),
                        N_("No change of size: give a factor other than 1.")},
    [MISSING_ARROWS] = {N_("Press on a point of the picture, drag to where its content should go, and let go. (The "
                           "strokes of a path drawn beforehand count as arrows.)"),
                        N_("No points: give some, or draw a path whose strokes lead from each point to its new "
                           "place.")},
    [MISSING_REFERENCE] = {N_("Open a picture to take from, with the button below. (Layers and images that were open "
                              "before can be chosen beside it.)"),
                           N_("No reference: name the layer that shows the other object.")},
    [MISSING_REFERENCE_OBJECT] =
        {N_("Show the other picture, by the button above the canvas, and draw around the object there, or click on "
            "it."),
         N_("No object on the reference: select it there, or give that layer a mask or transparency around it.")},
};

const char *missing_hint(Missing missing) {
    return SENTENCES[missing].hint ? _(SENTENCES[missing].hint) : NULL;
}

const char *missing_message(Missing missing) {
    return SENTENCES[missing].message ? _(SENTENCES[missing].message) : NULL;
}
