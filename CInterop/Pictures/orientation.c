// How a camera held the picture (EXIF's tag 274), and turning it upright.
#include "codecs.h"

#include <stdlib.h>
#include <string.h>

static unsigned number(const uint8_t *bytes, int count, int is_big) {
    unsigned value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[is_big ? i : count - 1 - i];
    return value;
}

int dragon_exif_orientation(const uint8_t *bytes, size_t size) {
    if (size < 14 || memcmp(bytes, "Exif\0\0", 6) != 0)
        return 1;
    const uint8_t *tiff = bytes + 6;
    size -= 6;
    int is_big = tiff[0] == 'M';
    size_t at = number(tiff + 4, 4, is_big);
    if (at > size || size - at < 2)
        return 1;
    unsigned count = number(tiff + at, 2, is_big);
    for (at += 2; count > 0 && size - at >= 12; count--, at += 12) {
        if (number(tiff + at, 2, is_big) != 274 || number(tiff + at + 2, 2, is_big) != 3)
            continue;
        unsigned value = number(tiff + at + 8, 2, is_big);
        return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

void *dragon_upright(const void *pixels, uint32_t *width, uint32_t *height, int orientation) {
    uint32_t w = *width, h = *height;
    uint32_t *result = malloc((size_t)w * h * 4);
    if (result == NULL)
        return NULL;
    int is_turned = orientation >= 5;
    int flips_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    int flips_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    uint32_t out_width = is_turned ? h : w, out_height = is_turned ? w : h;
    for (uint32_t y = 0; y < out_height; y++) {
        for (uint32_t x = 0; x < out_width; x++) {
            uint32_t from_x = is_turned ? y : x, from_y = is_turned ? x : y;
            if (flips_x)
                from_x = w - 1 - from_x;
            if (flips_y)
                from_y = h - 1 - from_y;
            const uint8_t *pixel = (const uint8_t *)pixels + ((size_t)from_y * w + from_x) * 4;
            memcpy(&result[(size_t)y * out_width + x], pixel, 4);
        }
    }
    *width = out_width;
    *height = out_height;
    return result;
}
