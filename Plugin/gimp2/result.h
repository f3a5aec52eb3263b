/// What is written into layers, and put into the image.
#ifndef PLUGIN_RESULT_H
#define PLUGIN_RESULT_H

#include "gimp.h"

/// As the host's insert.
HostLayer *result_insert(Host *host, const Edit *edit, const Material *material, dragon_result *result, GError **error);

/// Writes a picture of a layer's size into it.
void result_write_pixels(gint32 layer, const Picture *picture);

/// Keeps with a layer the edit that it was made by.
void result_attach_text(gint32 layer, const Edit *edit);

#endif
