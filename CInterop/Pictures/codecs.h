// What the three codecs share. Each fills its result only on success.
#ifndef DRAGON_CODECS_H
#define DRAGON_CODECS_H

#include "pictures.h"

/// Copies an error's text to where the caller wants it.
void dragon_say(char *message, const char *text);

/// Checks a size against the limit and finds room for its pixels, or returns NULL with the reason in `status`.
void *dragon_pixels(uint64_t width, uint64_t height, uint32_t depth, size_t pixel_limit, codec_picture_status *status,
                    char *message);

/// Row `row` of 8-bit samples with `channels` of them for each pixel: the upper bits of 16-bit samples, alpha left out
/// at 3.
void dragon_row8(const codec_picture *picture, uint32_t row, uint32_t channels, uint8_t *out);

/// The orientation, 1 to 8, that an APP1 segment holds; 1, upright, if it holds none or is damaged.
int dragon_exif_orientation(const uint8_t *bytes, size_t size);

/// 8-bit pixels of that orientation turned upright, by malloc, or NULL; the sides are exchanged where they must be.
void *dragon_upright(const void *pixels, uint32_t *width, uint32_t *height, int orientation);

codec_picture_status dragon_png_decode(const uint8_t *bytes, size_t size, size_t pixel_limit, codec_picture *picture,
                                       char *message);
codec_picture_status dragon_png_encode(const codec_picture *picture, codec_bytes *encoded, char *message);
codec_picture_status dragon_jpeg_decode(const uint8_t *bytes, size_t size, size_t pixel_limit, codec_picture *picture,
                                        char *message);
codec_picture_status dragon_jpeg_encode(const codec_picture *picture, int quality, codec_bytes *encoded, char *message);
codec_picture_status dragon_webp_decode(const uint8_t *bytes, size_t size, size_t pixel_limit, codec_picture *picture,
                                        char *message);
codec_picture_status dragon_webp_encode(const codec_picture *picture, int quality, codec_bytes *encoded, char *message);

#endif
