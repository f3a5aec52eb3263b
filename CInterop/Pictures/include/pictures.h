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
    /// More pixels than the caller allows, or than the format can hold.
    CODEC_TOO_LARGE = 3,
    CODEC_OUT_OF_MEMORY = 4,
} codec_picture_status;

typedef enum {
    CODEC_PNG = 0,
    CODEC_JPEG = 1,
    CODEC_WEBP = 2,
} codec_picture_format;

/// Room for an error's text.
#define CODEC_MESSAGE 256

/// Bytes of a file, or of a part of one.
typedef struct {
    uint8_t *bytes;
    size_t size;
} codec_bytes;

/// What a PNG without a profile says of its colours.
typedef struct {
    /// Whether it says that they are sRGB's; the rest is of no account then.
    uint32_t is_srgb;
    /// Power of the light that a sample stands for, as gAMA has it: 1/2.2 and the like; 0 if it is not said.
    double gamma;
    /// x and y of white, red, green and blue, as cHRM has them; all 0 if they are not said.
    double chromaticities[8];
} codec_colours;

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
    /// The ICC profile, or none. Four inks are sRGB by now, and have none.
    codec_bytes profile;
    /// EXIF data from its byte order mark on, or none. What it says of turning is done already: it says upright.
    codec_bytes exif;
    /// Pixels for each metre across and down; 0 if it is not said.
    double pixels_per_metre[2];
    codec_colours colours;
    /// What is wrong with a file that is read nevertheless; empty if nothing is.
    char warning[CODEC_MESSAGE];
} codec_picture;

/// Reads a picture; its first bytes tell the format. One that EXIF says the camera turned is turned upright.
///
/// @param memory_limit the most bytes that reading may take.
/// @param picture      on success the caller's, to be freed with codec_picture_free; untouched otherwise.
/// @param message      on failure one line of text.
codec_picture_status codec_picture_decode(const uint8_t *bytes, size_t size, size_t memory_limit,
                                          codec_picture *picture, char message[CODEC_MESSAGE]);

/// Frees what the picture holds and forgets it; a picture that holds nothing is left alone.
void codec_picture_free(codec_picture *picture);

/// The most pixels that a side of a picture in that format may have.
uint32_t codec_longest_side(codec_picture_format format);

/// Writes a picture to memory, with its profile, EXIF data and density as far as the format has a place for them. PNG
/// keeps 16 bits, the others get the upper 8. Without `has_alpha`, alpha is left out; JPEG never has it.
///
/// @param quality 1 to 100, for JPEG and WebP.
/// @param encoded on success the caller's, to be freed with codec_bytes_free; untouched otherwise.
codec_picture_status codec_picture_encode(const codec_picture *picture, codec_picture_format format, int quality,
                                          codec_bytes *encoded, char message[CODEC_MESSAGE]);

/// Frees the bytes and forgets them.
void codec_bytes_free(codec_bytes *encoded);

#endif
