/// Picture files to pixels and back: PNG, JPEG, WebP. Everything happens in memory; nothing here opens a file.
#ifndef DRAGON_PICTURES_H
#define DRAGON_PICTURES_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    DRAGON_PICTURE_OK = 0,
    /// None of the formats known here.
    DRAGON_PICTURE_UNKNOWN_FORMAT = 1,
    /// Damaged, truncated, or of a kind that is not read.
    DRAGON_PICTURE_MALFORMED = 2,
    /// More pixels than the caller allows.
    DRAGON_PICTURE_TOO_LARGE = 3,
    DRAGON_PICTURE_OUT_OF_MEMORY = 4,
} dragon_picture_status;

typedef enum {
    DRAGON_PICTURE_PNG = 0,
    DRAGON_PICTURE_JPEG = 1,
    DRAGON_PICTURE_WEBP = 2,
} dragon_picture_format;

/// Pixels: rows from the top without gaps, R G B A, alpha not multiplied in; 16-bit samples in the machine's byte
/// order.
typedef struct {
    uint32_t width, height;
    /// 8 or 16 bits for each sample.
    uint32_t depth;
    /// Whether the file has transparency.
    uint32_t has_alpha;
    /// width * height * 4 samples.
    void *pixels;
} dragon_picture;

/// The bytes of an encoded file.
typedef struct {
    uint8_t *bytes;
    size_t size;
} dragon_encoded_picture;

/// Room for an error's text.
#define DRAGON_PICTURE_MESSAGE 256

/// Reads a picture; its first bytes tell the format. One that EXIF says the camera turned is turned upright.
///
/// @param pixel_limit the most pixels it may have.
/// @param picture     on success the caller's, to be freed with dragon_picture_free; untouched otherwise.
/// @param message     on failure one line of text.
dragon_picture_status dragon_picture_decode(const uint8_t *bytes, size_t size, size_t pixel_limit,
                                            dragon_picture *picture, char message[DRAGON_PICTURE_MESSAGE]);

/// Frees the pixels and forgets them; a picture without any is left alone.
void dragon_picture_free(dragon_picture *picture);

/// Writes a picture to memory. PNG keeps 16 bits, the others get the upper 8. Without `has_alpha`, alpha is left out;
/// JPEG never has it.
///
/// @param quality 1 to 100, for JPEG and WebP.
/// @param encoded on success the caller's, to be freed with dragon_encoded_picture_free; untouched otherwise.
dragon_picture_status dragon_picture_encode(const dragon_picture *picture, dragon_picture_format format, int quality,
                                            dragon_encoded_picture *encoded, char message[DRAGON_PICTURE_MESSAGE]);

/// Frees the bytes and forgets them.
void dragon_encoded_picture_free(dragon_encoded_picture *encoded);

#endif
