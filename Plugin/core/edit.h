/// What to do, apart from the pixels: all that is remembered of an edit, and its form as text.
#ifndef PLUGIN_EDIT_H
#define PLUGIN_EDIT_H

#include "modes.h"
#include "options.h"
#include "sketch.h"

/// From a handle to where its content should go.
typedef struct Arrow {
    dragon_point from;
    dragon_point to;
} Arrow;

/// Places are in pixels of the layer.
typedef struct Edit {
    const Mode *mode;
    /// What the layer is to show; what it shows as it is, empty for the same; what the reference shows, likewise.
    char *prompt;
    char *source_prompt;
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
    /// Degrees, clockwise, that the object is turned by, and whether it is mirrored before, left for right.
    double rotate;
    gboolean is_flipped;
    /// Of Arrow: drag and landmark.
    GArray *arrows;
    /// Which object is meant, drawn in the dialog; empty where the selection counts. The same on the reference.
    Sketch *sketch;
    Sketch *reference_sketch;
    /// Outlines are taken exactly as they were drawn; else the object in them is found.
    gboolean as_drawn;
    /// What shadow the object casts goes with it, where one is found.
    gboolean takes_shadow;
    /// The object that the edit lays becomes a layer of its own, above the rest's.
    gboolean lays_apart;
    /// All frames of an animation are edited, the layers of the image. What is edited goes on by so many pixels from each to
    /// the next, or is on each what one of the image's channels marks.
    gboolean edits_frames;
    dragon_point frame_shift;
    gboolean takes_channels;
} Edit;

Edit *edit_new(const Mode *mode);
Edit *edit_copy(const Edit *edit);
void edit_free(Edit *edit);

/// Becomes laid into an image as another one says, which changes nothing that the engine is asked.
void edit_lay_as(Edit *edit, const Edit *other);

/// Whether two ask the engine for the same; `with_seed`: with the same seed too.
gboolean edit_asks_same(const Edit *a, const Edit *b, gboolean with_seed);

/// Whether the object neither moves nor changes its size nor turns.
gboolean edit_stays(const Edit *edit);

/// Puts the object back where and as it was.
void edit_put_back(Edit *edit);

/// Moves all its places by a shift: to another corner that pixels are counted from.
void edit_shift(Edit *edit, dragon_point shift);

/// Whether a sketch of the edit counts, in place of what is selected.
gboolean edit_sketches(const Edit *edit, const Sketch *sketch);

/// Whether marks of the edit's sketch mean an object that its arrows hold: it alone is bent, before what lies behind it.
gboolean edit_holds(const Edit *edit);

/// Where the edit's arrows could hold an object, and nothing was drawn, marks what they begin on. FALSE where nothing is marked.
gboolean edit_hold(Edit *edit);

/// Whether the edit's arrows take hold of an object in the region that is drawn or selected: it is found there.
gboolean edit_grasps(const Edit *edit);

/// Where its arrows begin: of dragon_point.
GArray *edit_grips(const Edit *edit);

/// Whether the shadow of the edit's object counts.
gboolean edit_takes_shadow(const Edit *edit);

/// Whether a sketch of the edit means an object that must be found in the picture, beyond what is drawn.
gboolean edit_finds(const Edit *edit, const Sketch *sketch);

/// Lines of "key=value". What is not set is left out.
char *edit_to_text(const Edit *edit);

/// Sets what a text of "key=value", separated by line ends or semicolons, says.
gboolean edit_set_text(Edit *edit, const char *text, GError **error);

#endif
