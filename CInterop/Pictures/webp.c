// WebP by libwebp.
#include "codecs.h"

#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/encode.h>

static codec_picture_status refuse(char *message, const char *text) {
    dragon_say(message, text);
    return CODEC_MALFORMED;
}

codec_picture_status dragon_webp_decode(const uint8_t *bytes, size_t size, size_t pixel_limit, codec_picture *picture,
                                        char *message) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes, size, &features) != VP8_STATUS_OK)
        return refuse(message, "it is damaged or truncated");
    if (features.has_animation)
        return refuse(message, "it is an animation, which is not read");
    uint32_t width = (uint32_t)features.width, height = (uint32_t)features.height;
    codec_picture_status status = CODEC_MALFORMED;
    uint8_t *pixels = dragon_pixels(width, height, 8, pixel_limit, &status, message);
    if (pixels == NULL)
        return status;
    if (WebPDecodeRGBAInto(bytes, size, pixels, (size_t)width * height * 4, (int)width * 4) == NULL) {
        free(pixels);
        return refuse(message, "it is damaged or truncated");
    }
    *picture = (codec_picture){width, height, 8, features.has_alpha != 0, pixels};
    return CODEC_OK;
}

codec_picture_status dragon_webp_encode(const codec_picture *picture, int quality, codec_bytes *encoded,
                                        char *message) {
    if (picture->width > WEBP_MAX_DIMENSION || picture->height > WEBP_MAX_DIMENSION)
        return refuse(message, "WebP has at most 16383 pixels a side");
    uint32_t channels = picture->has_alpha ? 4 : 3;
    size_t stride = (size_t)picture->width * channels;
    uint8_t *pixels = malloc(stride * picture->height), *bytes = NULL;
    size_t size = 0;
    if (pixels != NULL) {
        for (uint32_t y = 0; y < picture->height; y++)
            dragon_row8(picture, y, channels, pixels + y * stride);
        int width = (int)picture->width, height = (int)picture->height;
        size = picture->has_alpha ? WebPEncodeRGBA(pixels, width, height, (int)stride, (float)quality, &bytes)
                                  : WebPEncodeRGB(pixels, width, height, (int)stride, (float)quality, &bytes);
    }
    free(pixels);
    // libwebp has an allocator of its own; what leaves here is always malloc's.
    uint8_t *copy = size == 0 ? NULL : malloc(size);
    if (copy != NULL)
        memcpy(copy, bytes, size);
    WebPFree(bytes);
    if (copy == NULL) {
        dragon_say(message, "out of memory");
        return CODEC_OUT_OF_MEMORY;
    }
    *encoded = (codec_bytes){copy, size};
    return CODEC_OK;
}
