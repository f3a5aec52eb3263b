#include "codecs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dragon_say(char *message, const char *text) {
    snprintf(message, CODEC_MESSAGE, "%s", text);
}

void *dragon_pixels(uint64_t width, uint64_t height, uint32_t depth, uint32_t working, size_t memory_limit,
                    codec_picture_status *status, char *message) {
    uint64_t each = 4 * (depth / 8);
    // Sides have at most 31 bits: neither product overflows.
    if (width == 0 || height == 0 || width * height > memory_limit / (each + working)) {
        snprintf(message, CODEC_MESSAGE, "its %llu x %llu pixels need more memory than the %zu MB that are free",
                 (unsigned long long)width, (unsigned long long)height, memory_limit / 1000000);
        *status = CODEC_TOO_LARGE;
        return NULL;
    }
    void *pixels = malloc(width * height * each);
    if (pixels == NULL) {
        dragon_say(message, "out of memory");
        *status = CODEC_OUT_OF_MEMORY;
    }
    return pixels;
}

codec_bytes dragon_copy(const void *bytes, size_t size) {
    codec_bytes copy = {size == 0 ? NULL : malloc(size), size};
    if (copy.bytes == NULL)
        return (codec_bytes){NULL, 0};
    memcpy(copy.bytes, bytes, size);
    return copy;
}

void dragon_row8(const codec_picture *picture, uint32_t row, uint32_t channels, uint8_t *out) {
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

static codec_picture_status decode(const uint8_t *bytes, size_t size, size_t memory_limit, codec_picture *picture,
                                   char *message) {
    if (starts_with(bytes, size, 0, "\x89PNG\r\n\x1a\n", 8))
        return dragon_png_decode(bytes, size, memory_limit, picture, message);
    if (starts_with(bytes, size, 0, "\xff\xd8\xff", 3))
        return dragon_jpeg_decode(bytes, size, memory_limit, picture, message);
    if (starts_with(bytes, size, 0, "RIFF", 4) && starts_with(bytes, size, 8, "WEBP", 4))
        return dragon_webp_decode(bytes, size, memory_limit, picture, message);
    dragon_say(message, "it is not a PNG, JPEG or WebP picture");
    return CODEC_UNKNOWN_FORMAT;
}

codec_picture_status codec_picture_decode(const uint8_t *bytes, size_t size, size_t memory_limit,
                                          codec_picture *picture, char message[CODEC_MESSAGE]) {
    message[0] = 0;
    codec_picture found;
    memset(&found, 0, sizeof found);
    codec_picture_status status = decode(bytes, size, memory_limit, &found, message);
    if (status != CODEC_OK)
        return status;
    int orientation = dragon_exif_orientation(found.exif);
    if (orientation != 1 && !dragon_turn_upright(&found, orientation)) {
        codec_picture_free(&found);
        dragon_say(message, "out of memory");
        return CODEC_OUT_OF_MEMORY;
    }
    dragon_exif_settle(found.exif);
    *picture = found;
    return CODEC_OK;
}

void codec_picture_free(codec_picture *picture) {
    free(picture->pixels);
    picture->pixels = NULL;
    codec_bytes_free(&picture->profile);
    codec_bytes_free(&picture->exif);
}

uint32_t codec_longest_side(codec_picture_format format) {
    switch (format) {
    case CODEC_PNG:
        return 1000000;
    case CODEC_JPEG:
        return 65500;
    case CODEC_WEBP:
        return 16383;
    }
    return 0;
}

codec_picture_status codec_picture_encode(const codec_picture *picture, codec_picture_format format, int quality,
                                          codec_bytes *encoded, char message[CODEC_MESSAGE]) {
    message[0] = 0;
    uint32_t most = codec_longest_side(format);
    if (picture->width > most || picture->height > most) {
        snprintf(message, CODEC_MESSAGE, "a side of its format has at most %u pixels", most);
        return CODEC_TOO_LARGE;
    }
    switch (format) {
    case CODEC_PNG:
        return dragon_png_encode(picture, encoded, message);
    case CODEC_JPEG:
        return dragon_jpeg_encode(picture, quality, encoded, message);
    case CODEC_WEBP:
        return dragon_webp_encode(picture, quality, encoded, message);
    }
    dragon_say(message, "no such format");
    return CODEC_UNKNOWN_FORMAT;
}

void codec_bytes_free(codec_bytes *encoded) {
    free(encoded->bytes);
    encoded->bytes = NULL;
    encoded->size = 0;
}
