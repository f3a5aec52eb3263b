/// Picture files to pixels and back: PNG, JPEG, WebP. Everything happens in memory; nothing here opens a file.
#ifndef CODEC_PICTURES_H
#define CODEC_PICTURES_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    CODEC_OK = 0,
    /// None of the formats known here.
    CODEC_UNKNOWN_FORMAT = 1,
    /// Damaged, truncated, or of a kind that is not read.
    CODEC_MALFORMED = 2,
    /// More pixels than the caller allows.
    CODEC_TOO_LARGE = 3,
    CODEC_OUT_OF_MEMORY = 4,
} codec_picture_status;

typedef enum {
    CODEC_PNG = 0,
    CODEC_JPEG = 1,
    CODEC_WEBP = 2,
} codec_picture_format;

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
} codec_picture;

/// The bytes of an encoded file.
typedef struct {
    uint8_t *bytes;
    size_t size;
} codec_bytes;

/// Room for an error's text.
#define CODEC_MESSAGE 256

/// Reads a picture; its first bytes tell the format. One that EXIF says the camera turned is turned upright.
///
/// @param pixel_limit the most pixels it may have.
/// @param picture     on success the caller's, to be freed with codec_picture_free; untouched otherwise.
/// @param message     on failure one line of text.
codec_picture_status codec_picture_decode(const uint8_t *bytes, size_t size, size_t pixel_limit, codec_picture *picture,
                                          char message[CODEC_MESSAGE]);

/// Frees the pixels and forgets them; a picture without any is left alone.
void codec_picture_free(codec_picture *picture);

/// Writes a picture to memory. PNG keeps 16 bits, the others get the upper 8. Without `has_alpha`, alpha is left out;
/// JPEG never has it.
///
/// @param quality 1 to 100, for JPEG and WebP.
/// @param encoded on success the caller's, to be freed with codec_bytes_free; untouched otherwise.
codec_picture_status codec_picture_encode(const codec_picture *picture, codec_picture_format format, int quality,
                                          codec_bytes *encoded, char message[CODEC_MESSAGE]);

/// Frees the bytes and forgets them.
void codec_bytes_free(codec_bytes *encoded);

#endif
