#include "laying.h"

#include "words.h"

// One of a result's layers; no picture where the edit laid no object.
static Patch part_of(dragon_result *result, dragon_part part, dragon_pixel_format format) {
    dragon_result *layer = NULL;
    Patch patch = {0};
    if (dragon_result_part(result, part, &layer) == DRAGON_OK && layer)
        patch = patch_of_result(layer, format);
    dragon_result_free(layer);
    return patch;
}

// Ground and object; FALSE where the result is one layer.
static gboolean part(Laying *laying, dragon_result *result, dragon_pixel_format format) {
    laying->ground = part_of(result, DRAGON_PART_GROUND, format);
    laying->object = part_of(result, DRAGON_PART_OBJECT, format);
    // An object may have gone beside the picture.
    if (laying->ground.picture && laying->object.picture && patch_cut_out(&laying->object))
        return TRUE;
    patch_clear(&laying->ground);
    patch_clear(&laying->object);
    return FALSE;
}

Laying laying_of_result(const Edit *edit, dragon_result *result, dragon_pixel_format format, gboolean may_part) {
    Laying laying = {0};
    const char *name = mode_name(edit->mode);
    if (edit->lays_apart && may_part && part(&laying, result, format)) {
        laying.ground_name = g_strdup_printf(_("%s – background"), name);
        laying.object_name = g_strdup_printf(_("%s – object"), name);
        return laying;
    }
    laying.ground = patch_of_result(result, format);
    laying.ground_name = g_strdup(name);
    return laying;
}

void laying_clear(Laying *laying) {
    patch_clear(&laying->ground);
    patch_clear(&laying->object);
    g_free(laying->ground_name);
    g_free(laying->object_name);
    *laying = (Laying){0};
}
