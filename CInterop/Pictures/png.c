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

static void decode(png_structp png, png_infop info, reading *r, size_t pixel_limit, codec_picture *picture) {
    if (setjmp(png_jmpbuf(png)))
        return;
    png_set_user_limits(png, UINT16_MAX, UINT16_MAX);
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
    r->pixels = dragon_pixels(width, height, depth, pixel_limit, &r->status, r->message);
    if (r->pixels == NULL)
        return;
    r->rows = malloc(height * sizeof *r->rows);
    if (r->rows == NULL)
        png_error(png, "out of memory");
    for (uint32_t y = 0; y < height; y++)
        r->rows[y] = (png_bytep)r->pixels + y * stride;
    png_read_image(png, r->rows);
    png_read_end(png, NULL);
    *picture = (codec_picture){width, height, depth, has_alpha, r->pixels};
    r->status = CODEC_OK;
}

codec_picture_status dragon_png_decode(const uint8_t *bytes, size_t size, size_t pixel_limit, codec_picture *picture,
                                       char *message) {
    reading r = {bytes, size, message, NULL, NULL, CODEC_MALFORMED};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r, fail_reading, ignore_warning);
    png_infop info = png == NULL ? NULL : png_create_info_struct(png);
    if (info != NULL) {
        decode(png, info, &r, pixel_limit, picture);
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

static int encode(png_structp png, png_infop info, writing *w, const codec_picture *picture) {
    if (setjmp(png_jmpbuf(png)))
        return 0;
    uint32_t channels = picture->has_alpha ? 4 : 3;
    png_set_write_fn(png, w, write_bytes, flush_nothing);
    png_set_IHDR(png, info, picture->width, picture->height, (int)picture->depth,
                 picture->has_alpha ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
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
