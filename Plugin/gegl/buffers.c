#include "buffers.h"

const Babl *buffers_format(dragon_pixel_format format) {
    static const char *const names[] = {"R'G'B'A u8", "R'G'B'A u16", "R'G'B'A float"};
    return babl_format(names[format]);
}

GeglBuffer *buffers_around(const Picture *picture) {
    return gegl_buffer_linear_new_from_data(picture->pixels, buffers_format(picture->format),
                                            GEGL_RECTANGLE(0, 0, picture->width, picture->height), GEGL_AUTO_ROWSTRIDE,
                                            NULL, NULL);
}

Mask *buffers_mask(GeglBuffer *buffer, Box box) {
    Mask *mask = mask_new(box.width, box.height);
    gegl_buffer_get(buffer, GEGL_RECTANGLE(box.x, box.y, box.width, box.height), 1.0, babl_format("Y u8"), mask->bytes,
                    GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    return mask;
}

void buffers_write_mask(GeglBuffer *buffer, int x, int y, const Mask *mask) {
    gegl_buffer_set(buffer, GEGL_RECTANGLE(x, y, mask->width, mask->height), 0, babl_format("Y u8"), mask->bytes,
                    GEGL_AUTO_ROWSTRIDE);
}

void buffers_read_share(GeglBuffer *buffer, int width, int height, float *share) {
    gegl_buffer_get(buffer, GEGL_RECTANGLE(0, 0, width, height), 1, babl_format("Y float"), share, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
}

void buffers_write_share(GeglBuffer *buffer, int width, int height, const float *share) {
    gegl_buffer_set(buffer, GEGL_RECTANGLE(0, 0, width, height), 0, babl_format("Y float"), share, GEGL_AUTO_ROWSTRIDE);
}

void buffers_write_patch(GeglBuffer *own, const Patch *patch, GeglBuffer *target) {
    for (int y = 0; y < patch->box.height; y++) {
        int from, end = 0;
        while (patch_next_run(patch, y, end, &from, &end))
            gegl_buffer_copy(own, GEGL_RECTANGLE(from, y, end - from, 1), GEGL_ABYSS_NONE, target,
                             GEGL_RECTANGLE(patch->box.x + from, patch->box.y + y, end - from, 1));
    }
}
