/// What the dialog and the calls without one ask of the program that holds the pictures. An adapter fills the table;
/// nothing here or in the dialog knows which program it is. Main thread only.
#ifndef PLUGIN_HOST_H
#define PLUGIN_HOST_H

#include "request.h"

/// A layer of the program's: the adapter's, which keeps it while the host is open.
typedef struct HostLayer HostLayer;

/// Where a window of ours comes to stand. Each may be NULL or 0.
typedef struct HostDesktop {
    const char *display;
    /// Class of the program's windows, under which ours are grouped.
    const char *window_class;
    /// The window that ours stands before, in the numbers of X.
    guint32 parent;
    gboolean is_dark;
} HostDesktop;

typedef struct Host Host;
struct Host {
    /// The layer under edit.
    HostLayer *base;
    /// The image's name for people, and the folder of its file; NULL for none.
    char *title;
    char *folder;
    /// One line on what happens to the picture, such as that an indexed one is converted; NULL for none.
    const char *notice;

    HostDesktop (*desktop)(Host *host);

    // --- Pictures ---

    /// Whether the layer was not closed meanwhile.
    gboolean (*is_open)(Host *host, HostLayer *layer);
    /// A layer's pixels, in a format that loses nothing the engine could use. Of the base: as seen, with the results
    /// that lie on it.
    Picture *(*read_picture)(Host *host, HostLayer *layer, GError **error);
    /// What is selected on a layer, or, for no layer, on all of the base's image; NULL for nothing.
    Mask *(*read_selection)(Host *host, HostLayer *layer);
    /// A layer's own mask, of its size; NULL for none.
    Mask *(*read_layer_mask)(Host *host, HostLayer *layer);
    /// Whether what is selected on the base is what is selected on the layer.
    gboolean (*shares_selection)(Host *host, HostLayer *layer);
    /// Whether the selection is no longer what `stamp` stands for, which then stands for the new one. A stamp begins
    /// with 0.
    gboolean (*selection_changed)(Host *host, HostLayer *layer, guint64 *stamp);
    /// The selected paths' strokes as arrows, in the base's pixels: first anchor to last. Strokes of one anchor are left
    /// out. `ends`: also those, as arrows without length.
    GArray *(*read_arrows)(Host *host, gboolean ends);

    /// Selects what a mask of the layer's size marks, soft as it is, in one undo step. FALSE with a reason. NULL where
    /// the program has no selection.
    gboolean (*select)(Host *host, HostLayer *layer, const Mask *mask, GError **error);

    // --- Other layers ---

    /// All layers but the base, of HostLayer.
    GPtrArray *(*list_layers)(Host *host);
    const char *(*layer_name)(Host *host, HostLayer *layer);
    /// Opens a file, which is not shown, and appends its layers. FALSE with a reason.
    gboolean (*open_file)(Host *host, const char *path, GPtrArray *layers, GError **error);

    // --- What comes of it ---

    /// Puts a result above the base, in one undo step, with the edit's text. The new layer, the object's where it has one of
    /// its own, or NULL with a reason.
    HostLayer *(*insert)(Host *host, const Edit *edit, const Material *material, dragon_result *result, GError **error);

    // --- The image as an animation: its layers that lie in no group are the frames, the lowest first. NULL where the program
    // has no such images. ---

    /// Of HostLayer. `active`: which of them the base is, or lies in.
    GPtrArray *(*list_frames)(Host *host, guint *active);
    /// A layer's own name, the caller's.
    char *(*frame_name)(Host *host, HostLayer *layer);
    /// Where the base's corner lies on the image.
    dragon_point (*origin)(Host *host);
    /// What is seen of the image with a layer over what was seen before; NULL for nothing.
    Picture *(*see_frame)(Host *host, HostLayer *layer, const Picture *before);
    /// Of Mask, of the image's size: its channels, the lowest first.
    GPtrArray *(*read_channels)(Host *host);
    /// Makes an image of pictures of this one's size, the lowest first, with the edit's text, and shows it where anything is
    /// shown. `names`: of char. The layer of number `active`, or NULL with a reason.
    HostLayer *(*insert_frames)(Host *host, const Edit *edit, const GPtrArray *names, const GPtrArray *pictures,
                                guint active, GError **error);

    /// Last values of the edit's mode, and the layer that was taken from, while it lives.
    void (*remember)(Host *host, const Edit *edit, HostLayer *reference);
    void (*recall)(Host *host, Edit *edit);
    HostLayer *(*last_reference)(Host *host, const Mode *mode);
    /// The same of the image alone, with which they stay. FALSE where it has none.
    void (*remember_on_image)(Host *host, const Edit *edit);
    gboolean (*recall_from_image)(Host *host, Edit *edit);

    /// The program's own progress bar, where no dialog shows one.
    void (*begin_progress)(Host *host, const char *words);
    void (*show_progress)(Host *host, double fraction);
    void (*end_progress)(Host *host);
};

#endif
