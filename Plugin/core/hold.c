#include "hold.h"

#include <string.h>

Hold hold_of(Mask *region, GArray *grips) {
    return (Hold){.region = mask_hold(region), .grips = grips};
}

void hold_clear(Hold *hold) {
    mask_free(hold->region);
    mask_free(hold->object);
    g_clear_pointer(&hold->grips, g_array_unref);
    *hold = (Hold){0};
}

gboolean hold_asks_same(const Hold *a, const Hold *b) {
    if (!a->region || !b->region)
        return a->region == b->region;
    gsize bytes = (gsize)a->grips->len * sizeof(dragon_point);
    return a->grips->len == b->grips->len && memcmp(a->grips->data, b->grips->data, bytes) == 0 &&
           mask_equal(a->region, b->region);
}
