/// A result as the layers that it becomes.
#ifndef PLUGIN_LAYING_H
#define PLUGIN_LAYING_H

#include "edit.h"
#include "patch.h"

typedef struct Laying {
    /// The edited picture; where there is an object, what lies below that.
    Patch ground;
    /// Cut to its bounds, with its coverage as its alpha; no picture where all is one layer.
    Patch object;
    /// What the layers are called.
    char *ground_name;
    char *object_name;
} Laying;

/// `format`: that of the picture which was edited. `may_part`: whether the object can lie above its ground as it should look.
Laying laying_of_result(const Edit *edit, dragon_result *result, dragon_pixel_format format, gboolean may_part);
void laying_clear(Laying *laying);

#endif
