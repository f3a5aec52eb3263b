// PNG by libpng. Its errors leave through longjmp: whatever must be freed then lies in a struct outside the jump's
// frame.
#include "codecs.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const uint8_t *next;
    size_t left;
    char *message;
    void *pixels;
    png_bytep *rows;
    codec_picture_status status;
} reading;

typedef struct {
    uint8_t *bytes;
    size_t size, capacity;
    char *message;
    uint8_t *row;
} writing;

static void read_bytes(png_structp png, png_bytep out, size_t count) {
    reading *r = png_get_io_ptr(png);
    if (count > r->left)
        png_error(png, "it is truncated");
    memcpy(out, r->next, count);
    r->next += count;
    r->left -= count;
}

static void fail_reading(png_structp png, png_const_charp text) {
    dragon_say(((reading *)png_get_error_ptr(png))->message, text);
    png_longjmp(png, 1);
}

static void fail_writing(png_structp png, png_const_charp text) {
    dragon_say(((writing *)png_get_error_ptr(png))->message, text);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

/// Every kind of PNG to RGBA of 8 or 16 bits.
static void ask_for_rgba(png_structp png, int depth) {
    png_set_expand(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xFFFF, PNG_FILLER_AFTER);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (depth == 16)
        png_set_swap(png);
#endif
    png_set_interlace_handling(png);
}

/// What the file says of its colours: a profile or chunks of numbers.
static void read_colours(png_structp png, png_infop info, codec_picture *picture) {
    png_charp name;
    int intent, compression;
    png_bytep profile;
    png_uint_32 size;
    if (png_get_iCCP(png, info, &name, &compression, &profile, &size) != 0)
        picture->profile = dragon_copy(profile, size);
    codec_colours *colours = &picture->colours;
    colours->is_srgb = png_get_sRGB(png, info, &intent) != 0;
    png_get_gAMA(png, info, &colours->gamma);
    double *c = colours->chromaticities;
    png_get_cHRM(png, info, &c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6], &c[7]);
}

/// Once everything is read: EXIF data may stand behind the pixels.
static void read_details(png_structp png, png_infop info, codec_picture *picture) {
    read_colours(png, info, picture);
    png_bytep exif;
    png_uint_32 size, across, down;
    int unit;
    if (png_get_eXIf_1(png, info, &size, &exif) != 0)
        picture->exif = dragon_exif_bare(exif, size);
    if (png_get_pHYs(png, info, &across, &down, &unit) != 0 && unit == PNG_RESOLUTION_METER) {
        picture->pixels_per_metre[0] = across;
        picture->pixels_per_metre[1] = down;
    }
}

static void decode(png_structp png, png_infop info, reading *r, size_t memory_limit, codec_picture *picture) {
    if (setjmp(png_jmpbuf(png)))
        return;
    png_set_user_limits(png, codec_longest_side(CODEC_PNG), codec_longest_side(CODEC_PNG));
    png_set_chunk_malloc_max(png, 8u << 20);
    png_set_read_fn(png, r, read_bytes);
    png_read_info(png, info);
    uint32_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    uint32_t depth = png_get_bit_depth(png, info) == 16 ? 16 : 8;
    uint32_t has_alpha =
        (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0;
    ask_for_rgba(png, depth);
    png_read_update_info(png, info);
    size_t stride = (size_t)width * 4 * (depth / 8);
    if (png_get_rowbytes(png, info) != stride)
        png_error(png, "its pixels have an unexpected layout");
    r->pixels = dragon_pixels(width, height, depth, 0, memory_limit, &r->status, r->message);
    if (r->pixels == NULL)
        return;
    r->rows = malloc(height * sizeof *r->rows);
    if (r->rows == NULL)
        png_error(png, "out of memory");
    for (uint32_t y = 0; y < height; y++)
        r->rows[y] = (png_bytep)r->pixels + y * stride;
    png_read_image(png, r->rows);
    png_read_end(png, info);
    *picture = (codec_picture){.width = width, .height = height, .depth = depth, .has_alpha = has_alpha};
    picture->pixels = r->pixels;
    read_details(png, info, picture);
    r->status = CODEC_OK;
}

codec_picture_status dragon_png_decode(const uint8_t *bytes, size_t size, size_t memory_limit, codec_picture *picture,
                                       char *message) {
    reading r = {bytes, size, message, NULL, NULL, CODEC_MALFORMED};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, fail_reading, ignore_warning);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    if (info != NULL) {
        decode(png, info, &r, memory_limit, picture);
    } else {
        dragon_say(message, "out of memory");
        r.status = CODEC_OUT_OF_MEMORY;
    }
    png_destroy_read_struct(&png, &info, NULL);
    free(r.rows);
    if (r.status != CODEC_OK)
        free(r.pixels);
    return r.status;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
    writing *w = png_get_io_ptr(png);
    if (w->capacity - w->size < count) {
        size_t capacity = (w->size + count) * 2;
        uint8_t *grown = realloc(w->bytes, capacity);
        if (grown == NULL)
            png_error(png, "out of memory");
        w->bytes = grown;
        w->capacity = capacity;
    }
    memcpy(w->bytes + w->size, bytes, count);
    w->size += count;
}

static void flush_nothing(png_structp png) {
    (void)png;
}

/// One row as PNG wants it: 16-bit samples with their upper byte first.
static void fill_row(const codec_picture *picture, uint32_t y, uint32_t channels, uint8_t *row) {
    if (picture->depth == 8) {
        dragon_row8(picture, y, channels, row);
        return;
    }
    const uint16_t *from = (const uint16_t *)picture->pixels + (size_t)y * picture->width * 4;
    for (uint32_t x = 0; x < picture->width; x++)
        for (uint32_t c = 0; c < channels; c++) {
            uint16_t sample = from[(size_t)x * 4 + c];
            *row++ = (uint8_t)(sample >> 8);
            *row++ = (uint8_t)sample;
        }
}

static void set_details(png_structp png, png_infop info, const codec_picture *picture) {
    // A profile that libpng finds fault with is left out, and the picture written.
    png_set_benign_errors(png, 1);
    if (picture->profile.size > 0 && picture->profile.size <= PNG_UINT_31_MAX)
        png_set_iCCP(png, info, "profile", PNG_COMPRESSION_TYPE_BASE, picture->profile.bytes,
                     (png_uint_32)picture->profile.size);
    else if (picture->colours.is_srgb)
        png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    if (picture->exif.size > 0 && picture->exif.size <= PNG_UINT_31_MAX)
        png_set_eXIf_1(png, info, (png_uint_32)picture->exif.size, picture->exif.bytes);
    const double *density = picture->pixels_per_metre;
    if (density[0] >= 1 && density[0] < PNG_UINT_31_MAX && density[1] >= 1 && density[1] < PNG_UINT_31_MAX)
        png_set_pHYs(png, info, (png_uint_32)(density[0] + 0.5), (png_uint_32)(density[1] + 0.5), PNG_RESOLUTION_METER);
}

static int encode(png_structp png, png_infop info, writing *w, const codec_picture *picture) {
    if (setjmp(png_jmpbuf(png)))
        return 0;
    uint32_t channels = picture->has_alpha ? 4 : 3;
    png_set_write_fn(png, w, write_bytes, flush_nothing);
    png_set_IHDR(png, info, picture->width, picture->height, (int)picture->depth,
                 picture->has_alpha ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    set_details(png, info, picture);
    png_write_info(png, info);
    w->row = malloc((size_t)picture->width * channels * (picture->depth / 8));
    if (w->row == NULL)
        png_error(png, "out of memory");
    for (uint32_t y = 0; y < picture->height; y++) {
        fill_row(picture, y, channels, w->row);
        png_write_row(png, w->row);
    }
    png_write_end(png, info);
    return 1;
}

codec_picture_status dragon_png_encode(const codec_picture *picture, codec_bytes *encoded, char *message) {
    writing w = {NULL, 0, 0, message, NULL};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &w, fail_writing, ignore_warning);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    int done = info != NULL && encode(png, info, &w, picture);
    png_destroy_write_struct(&png, &info);
    free(w.row);
    if (done) {
        *encoded = (codec_bytes){w.bytes, w.size};
        return CODEC_OK;
    }
    free(w.bytes);
    if (message[0] == 0)
        dragon_say(message, "out of memory");
    return CODEC_OUT_OF_MEMORY;
}
