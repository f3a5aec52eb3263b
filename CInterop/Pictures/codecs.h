// What the three codecs share. Each fills its result only on success.
#ifndef DRAGON_CODECS_H
#define DRAGON_CODECS_H

#include "pictures.h"

/// Copies an error's text to where the caller wants it.
void dragon_say(char *message, const char *text);

/// Checks a size against the memory that it takes and finds room for its pixels, or returns NULL with the reason in
/// `status`.
///
/// @param working bytes that reading takes for each pixel beyond those.
void *dragon_pixels(uint64_t width, uint64_t height, uint32_t depth, uint32_t working, size_t memory_limit,
                    codec_picture_status *status, char *message);

/// A copy by malloc; none where there are no bytes, or no memory.
codec_bytes dragon_copy(const void *bytes, size_t size);

/// Row `row` of 8-bit samples with `channels` of them for each pixel: the upper bits of 16-bit samples, alpha left out
/// at 3.
void dragon_row8(const codec_picture *picture, uint32_t row, uint32_t channels, uint8_t *out);

/// What turns four inks into sRGB by their profile; NULL where there is none that can be used.
///
/// @param is_inverted whether 255 is no ink, as Adobe's files have it: that is light already.
void *dragon_inks_open(codec_bytes profile, int is_inverted);
void dragon_inks_close(void *inks);

/// A row of four inks as R G B A, without a profile by what each ink lets through.
void dragon_inks_row(void *inks, const uint8_t *ink, uint32_t width, int is_inverted, uint8_t *out);

/// EXIF data without the mark that JPEG, and some writers of WebP, set before it.
codec_bytes dragon_exif_bare(const uint8_t *bytes, size_t size);

/// The orientation, 1 to 8, that EXIF data holds; 1, upright, if it holds none or is damaged.
int dragon_exif_orientation(codec_bytes exif);

/// Makes EXIF data fit a picture that was turned upright and edited: it says so, and shows no small picture of the old.
void dragon_exif_settle(codec_bytes exif);

/// Turns a picture of that orientation upright; 0 if there is no memory for it.
int dragon_turn_upright(codec_picture *picture, int orientation);

codec_picture_status dragon_png_decode(const uint8_t *bytes, size_t size, size_t memory_limit, codec_picture *picture,
                                       char *message);
codec_picture_status dragon_png_encode(const codec_picture *picture, codec_bytes *encoded, char *message);
codec_picture_status dragon_jpeg_decode(const uint8_t *bytes, size_t size, size_t memory_limit, codec_picture *picture,
                                        char *message);
codec_picture_status dragon_jpeg_encode(const codec_picture *picture, int quality, codec_bytes *encoded, char *message);
codec_picture_status dragon_webp_decode(const uint8_t *bytes, size_t size, size_t memory_limit, codec_picture *picture,
                                        char *message);
codec_picture_status dragon_webp_encode(const codec_picture *picture, int quality, codec_bytes *encoded, char *message);

#endif
