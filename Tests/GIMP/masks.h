// What the tests of masks share.
#ifndef TESTS_MASKS_H
#define TESTS_MASKS_H

#include "mask.h"

// Pixels that are set.
static guint set_count(const Mask *mask) {
    guint count = 0;
    for (int i = 0; i < mask->width * mask->height; i++)
        count += mask->bytes[i] >= 128;
    return count;
}

#endif
