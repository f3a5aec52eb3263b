/// The window of an edit: what to do is drawn on the picture, tried, and one of the results inserted.
#ifndef PLUGIN_WINDOW_H
#define PLUGIN_WINDOW_H

#include "request.h"

/// Reads the object of a picture that is already read, where the program's selection has changed since the last time.
/// FALSE where it has not; `object` becomes NULL where nothing is selected.
typedef gboolean (*DialogLook)(void *data, const Picture *picture, Mask **object);

/// A picture that an object or an appearance can be taken from.
typedef struct DialogSource {
    const char *name;
    /// Reads it; `object` becomes NULL where the whole picture says nothing of an object.
    gboolean (*load)(void *data, Picture **picture, Mask **object, GError **error);
    DialogLook look;
    void *data;
} DialogSource;

typedef struct DialogInput {
    /// Last or default values; becomes what was chosen.
    Edit *edit;
    /// The layer's pixels, and the selection on them; NULL for none. Taken over and freed with the material.
    Material *material;
    /// The layer's selection once more.
    DialogLook look;
    /// Of DialogSource.
    GArray *sources;
    /// The source chosen at first; becomes the one that was chosen.
    guint source;
    /// Appends what a picture file shows to the sources.
    gboolean (*open)(void *data, const char *path, GError **error);
    /// Where such files are looked for first; NULL for anywhere.
    const char *folder;
    /// Of `look` and `open`.
    void *data;
    /// One line on what happens to the picture, such as that an indexed one is converted; NULL for none.
    const char *notice;
    /// Of the X window that the dialog stands before; 0 for none.
    guint32 parent;
} DialogInput;

/// Runs the window, and the edits that it asks for. TRUE where the user chose to insert `result`, which the caller
/// frees; the material then holds the masks and the reference that it was made with.
gboolean window_run(DialogInput *input, dragon_result **result);

#endif
