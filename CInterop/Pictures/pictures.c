#include "codecs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dragon_say(char *message, const char *text) {
    snprintf(message, DRAGON_PICTURE_MESSAGE, "%s", text);
}

void *dragon_pixels(uint64_t width, uint64_t height, uint32_t depth, size_t pixel_limit, dragon_picture_status *status,
                    char *message) {
    if (width == 0 || height == 0 || width > UINT16_MAX || height > UINT16_MAX || width * height > pixel_limit) {
        snprintf(message, DRAGON_PICTURE_MESSAGE, "it has %llu x %llu pixels; at most %zu in all are read",
                 (unsigned long long)width, (unsigned long long)height, pixel_limit);
        *status = DRAGON_PICTURE_TOO_LARGE;
        return NULL;
    }
    void *pixels = malloc(width * height * 4 * (depth / 8));
    if (pixels == NULL) {
        dragon_say(message, "out of memory");
        *status = DRAGON_PICTURE_OUT_OF_MEMORY;
    }
    return pixels;
}

void dragon_row8(const dragon_picture *picture, uint32_t row, uint32_t channels, uint8_t *out) {
    size_t start = (size_t)row * picture->width * 4;
    for (uint32_t x = 0; x < picture->width; x++)
        for (uint32_t c = 0; c < channels; c++) {
            size_t at = start + (size_t)x * 4 + c;
            *out++ = picture->depth == 16 ? (uint8_t)(((const uint16_t *)picture->pixels)[at] >> 8)
                                          : ((const uint8_t *)picture->pixels)[at];
        }
}

static int starts_with(const uint8_t *bytes, size_t size, size_t at, const char *mark, size_t length) {
    return size >= at + length && memcmp(bytes + at, mark, length) == 0;
}

dragon_picture_status dragon_picture_decode(const uint8_t *bytes, size_t size, size_t pixel_limit,
                                            dragon_picture *picture, char message[DRAGON_PICTURE_MESSAGE]) {
    message[0] = 0;
    if (starts_with(bytes, size, 0, "\x89PNG\r\n\x1a\n", 8))
        return dragon_png_decode(bytes, size, pixel_limit, picture, message);
    if (starts_with(bytes, size, 0, "\xff\xd8\xff", 3))
        return dragon_jpeg_decode(bytes, size, pixel_limit, picture, message);
    if (starts_with(bytes, size, 0, "RIFF", 4) && starts_with(bytes, size, 8, "WEBP", 4))
        return dragon_webp_decode(bytes, size, pixel_limit, picture, message);
    dragon_say(message, "it is not a PNG, JPEG or WebP picture");
    return DRAGON_PICTURE_UNKNOWN_FORMAT;
}

void dragon_picture_free(dragon_picture *picture) {
    free(picture->pixels);
    picture->pixels = NULL;
}

dragon_picture_status dragon_picture_encode(const dragon_picture *picture, dragon_picture_format format, int quality,
                                            dragon_encoded_picture *encoded, char message[DRAGON_PICTURE_MESSAGE]) {
    message[0] = 0;
    switch (format) {
    case DRAGON_PICTURE_PNG:
        return dragon_png_encode(picture, encoded, message);
    case DRAGON_PICTURE_JPEG:
        return dragon_jpeg_encode(picture, quality, encoded, message);
    case DRAGON_PICTURE_WEBP:
        return dragon_webp_encode(picture, quality, encoded, message);
    }
    dragon_say(message, "no such format");
    return DRAGON_PICTURE_UNKNOWN_FORMAT;
}

void dragon_encoded_picture_free(dragon_encoded_picture *encoded) {
    free(encoded->bytes);
    encoded->bytes = NULL;
    encoded->size = 0;
}
