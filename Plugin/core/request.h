/// An edit with its pixels: what the engine is asked, at full size and for the preview.
#ifndef PLUGIN_REQUEST_H
#define PLUGIN_REQUEST_H

#include "edit.h"
#include "hold.h"
#include "picture.h"

/// The pixels of an edit. Each may be NULL while it is missing.
typedef struct Material {
    Picture *picture;
    /// The object, or the region that may change.
    Mask *mask;
    /// What a drag's arrows hold within the region: it alone is bent; NULL for all of that.
    Mask *held;
    /// What the object casts on the ground; NULL for nothing. It counts where the edit takes it.
    Mask *shadow;
    Picture *reference;
    Mask *reference_mask;
} Material;

void material_clear(Material *material);

/// Whether the picture's objects are the same, byte for byte.
gboolean material_masks_equal(const Material *a, const Material *b);

/// What the edit's arrows hold of the region, to be found; without a region where there is nothing to find. The caller's.
Hold material_hold(const Material *material, const Edit *edit);

/// The first thing that the edit still needs.
Missing request_missing(const Edit *edit, const Material *material);

/// A request as the engine takes it, and the memory it points to. Edit and material must outlive it.
typedef struct Request {
    dragon_request engine;
    dragon_parameters parameters;
    dragon_point *handles;
    dragon_point *targets;
} Request;

/// `scale`: pixels of the material's pictures for one of the edit's; below 1 for a preview. `reference_scale`: the same
/// of the reference.
void request_fill(Request *request, const Edit *edit, const Material *material, double scale, double reference_scale);
void request_clear(Request *request);

#endif
