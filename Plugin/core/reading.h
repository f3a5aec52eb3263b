/// What an edit is made from, as the host has it.
#ifndef PLUGIN_READING_H
#define PLUGIN_READING_H

#include "host.h"

/// What of a reference is its object: its selection (where that is not the object under edit), its layer mask, its
/// opaque part. NULL where none of these says.
Mask *reading_object(Host *host, const Mode *mode, HostLayer *layer, const Picture *picture);

/// Reads the picture, its object, and those of the reference; what was drawn or clicked comes before
/// selections. `reference`: NULL for none.
gboolean reading_material(Host *host, const Edit *edit, HostLayer *reference, Material *material, GError **error);

/// The same of a picture that the material has already. `layer`: whose selection counts; NULL for all of the image.
gboolean reading_objects(Host *host, const Edit *edit, HostLayer *layer, HostLayer *reference, Material *material,
                         GError **error);

/// Takes from the selected paths what the edit does not say: displacement or arrows. `origin`: of the base's pixels on the
/// material's picture. `place`: where the middle of a pasted object goes, in the base's pixels; NULL for the path's end, else
/// the picture's middle.
void reading_path(Host *host, Edit *edit, const Material *material, dragon_point origin, const dragon_point *place);

/// Finds what the edit's arrows hold, where nothing is drawn or selected.
void reading_held(Edit *edit, Material *material);

/// Finds what they hold of the region that is.
void reading_grasped(const Edit *edit, Material *material);

/// The displacement that brings the middle of the reference's object to a place of the picture.
void reading_place_object(Edit *edit, const Mask *reference_mask, dragon_point place);

#endif
