/// What to do, apart from the pixels: all that is remembered of an edit, and its form as text.
#ifndef PLUGIN_EDIT_H
#define PLUGIN_EDIT_H

#include "modes.h"
#include "options.h"

/// From a handle to where its content should go.
typedef struct Arrow {
    dragon_point from;
    dragon_point to;
} Arrow;

/// Places are in pixels of the layer.
typedef struct Edit {
    const Mode *mode;
    char *prompt;
    char *reference_prompt;
    /// Folder or file; empty for the first that is found.
    char *model;
    /// File of changes to the model; empty for none. How much of them is taken.
    char *lora;
    double lora_scale;
    OptionValues options;
    /// Of the object. Paste: from the reference's pixels to the layer's.
    dragon_point displacement;
    /// Factor of the object's size.
    double resize;
    /// Of Arrow: drag and landmark.
    GArray *arrows;
    /// Of dragon_point: the outline of an object that was drawn in the dialog; empty where the selection counts.
    GArray *outline;
    /// The same on the reference picture.
    GArray *reference_outline;
} Edit;

Edit *edit_new(const Mode *mode);
Edit *edit_copy(const Edit *edit);
void edit_free(Edit *edit);

/// Whether two say the same; `with_seed`: of the seed too.
gboolean edit_equal(const Edit *a, const Edit *b, gboolean with_seed);

/// Lines of "key=value". What is not set is left out.
char *edit_to_text(const Edit *edit);

/// Sets what a text of "key=value", separated by line ends or semicolons, says.
gboolean edit_set_text(Edit *edit, const char *text, GError **error);

#endif
