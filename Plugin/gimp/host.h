/// What the dialog and the procedures ask of the program that holds the pictures. Its main thread only.
#ifndef PLUGIN_HOST_H
#define PLUGIN_HOST_H

#include "engine.h"

/// An image and its layer under edit, as the program's own numbers.
typedef struct Host {
    gint32 image;
    gint32 layer;
    /// Of the layer on the image.
    int offset_x;
    int offset_y;
} Host;

/// A layer that can serve as a reference.
typedef struct HostLayer {
    gint32 id;
    char *name;
} HostLayer;

/// The layer that a drawable stands for: itself, or the one whose mask it is. FALSE with a reason where it cannot be
/// edited.
gboolean host_open(Host *host, gint32 image, gint32 drawable, GError **error);

/// A layer's pixels, in a format that loses nothing the engine could use.
Picture *host_picture(gint32 layer, GError **error);

/// A part of a one-channel drawable, such as a selection, 0 where that has no pixels. NULL where it cannot be read.
Mask *host_mask(gint32 drawable, int x, int y, int width, int height);

/// The selection over the layer; NULL where nothing is selected.
Mask *host_selection(const Host *host);

/// What of a reference is its object: the outline if one was drawn, else its image's selection (for appearance only
/// where that is another image), its layer mask, its opaque part. NULL where none of these says.
Mask *host_reference_mask(const Host *host, const Edit *edit, gint32 layer, const Picture *reference);

/// The active path's strokes as arrows, in the layer's pixels: first anchor to last. Strokes of one anchor are left
/// out. `ends`: also those, as arrows without length.
GArray *host_arrows(const Host *host, gboolean ends);

/// Where an edit's pictures and masks come from. Reads all that is missing in `material`.
gboolean host_read_material(const Host *host, const Edit *edit, gint32 reference, Material *material, GError **error);

/// All layers of all open images but the one under edit, as HostLayer; freed by g_ptr_array_unref.
GPtrArray *host_layers(const Host *host);
void host_append_layers(const Host *host, gint32 image, GPtrArray *layers);

/// Opens a file, which is not shown; its image, or -1.
gint32 host_open_file(const char *path, GError **error);

/// Whether the selection of the layer's image is no longer what `stamp` stands for, which then stands for the new one.
/// A stamp begins with 0; a closed layer's selection does not change.
gboolean host_selection_changed(gint32 layer, guint64 *stamp);

/// Inserts a result above the layer in one undo step, with its mask and the edit's text. The new layer, or -1.
gint32 host_insert(const Host *host, const Edit *edit, const Material *material, dragon_result *result, GError **error);

/// Last values, and the reference layer among them while it lives; -1 for none.
void host_remember(const Edit *edit, gint32 reference);
void host_recall(Edit *edit);
gint32 host_last_reference(const Edit *edit);

#endif
