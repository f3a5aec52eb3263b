// JPEG by libjpeg-turbo. Its errors leave through longjmp: whatever must be freed then lies in a struct outside the
// jump's frame.
#include "codecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

/// Scans of a progressive picture; no encoder makes more than a dozen, and each costs a pass over all pixels.
enum { SCAN_LIMIT = 100 };

typedef struct {
    struct jpeg_error_mgr base; // first, so that a pointer to it is a pointer to this
    jmp_buf leave;
    char *message;
} errors;

typedef struct {
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress;
    errors errors;
    void *pixels;
    uint8_t *row;
    codec_picture_status status;
} reading;

static void leave_with(errors *e, const char *text) {
    dragon_say(e->message, text);
    longjmp(e->leave, 1);
}

static void fail(j_common_ptr info) {
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    leave_with((errors *)info->err, text);
}

/// libjpeg fills what is cut off with grey and warns; here a picture is whole or refused.
static void warn(j_common_ptr info, int level) {
    if (level < 0 && (info->err->msg_code == JWRN_JPEG_EOF || info->err->msg_code == JWRN_HIT_MARKER))
        leave_with((errors *)info->err, "it is truncated or damaged");
}

static void check_scans(j_common_ptr info) {
    if (((j_decompress_ptr)info)->input_scan_number > SCAN_LIMIT)
        leave_with((errors *)info->err, "it has too many scans");
}

static void set_errors(errors *e, char *message) {
    jpeg_std_error(&e->base);
    e->base.error_exit = fail;
    e->base.emit_message = warn;
    e->message = message;
}

/// Ink to light; Adobe's files hold it inverted, which is light already.
static void row_from_cmyk(const uint8_t *ink, uint32_t width, int is_inverted, uint8_t *out) {
    for (uint32_t x = 0; x < width; x++, ink += 4, out += 4) {
        for (int c = 0; c < 3; c++) {
            unsigned light = is_inverted ? ink[c] : 255u - ink[c], key = is_inverted ? ink[3] : 255u - ink[3];
            out[c] = (uint8_t)((light * key + 127) / 255);
        }
        out[3] = 255;
    }
}

/// The first EXIF orientation; 1, upright, if there is none.
static int orientation(j_decompress_ptr info) {
    for (jpeg_saved_marker_ptr marker = info->marker_list; marker != NULL; marker = marker->next) {
        int found = dragon_exif_orientation(marker->data, marker->data_length);
        if (found != 1)
            return found;
    }
    return 1;
}

static void decode(reading *r, const uint8_t *bytes, size_t size, size_t pixel_limit, codec_picture *picture) {
    j_decompress_ptr info = &r->info;
    if (setjmp(r->errors.leave))
        return;
    jpeg_create_decompress(info);
    info->progress = &r->progress;
    r->progress.progress_monitor = check_scans;
    jpeg_mem_src(info, bytes, size);
    jpeg_save_markers(info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(info, TRUE);
    uint32_t width = info->image_width, height = info->image_height;
    r->pixels = dragon_pixels(width, height, 8, pixel_limit, &r->status, r->errors.message);
    if (r->pixels == NULL)
        return;
    int is_cmyk = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    info->out_color_space = is_cmyk ? JCS_CMYK : JCS_EXT_RGBA;
    jpeg_start_decompress(info);
    r->row = malloc((size_t)width * 4);
    if (r->row == NULL)
        leave_with(&r->errors, "out of memory");
    while (info->output_scanline < height) {
        uint8_t *out = (uint8_t *)r->pixels + (size_t)info->output_scanline * width * 4;
        jpeg_read_scanlines(info, is_cmyk ? &r->row : &out, 1);
        if (is_cmyk)
            row_from_cmyk(r->row, width, info->saw_Adobe_marker, out);
    }
    // Before the end, which forgets the markers.
    int turn = orientation(info);
    jpeg_finish_decompress(info);
    if (turn != 1) {
        void *upright = dragon_upright(r->pixels, &width, &height, turn);
        if (upright == NULL) {
            r->status = CODEC_OUT_OF_MEMORY;
            return;
        }
        free(r->pixels);
        r->pixels = upright;
    }
    *picture = (codec_picture){width, height, 8, 0, r->pixels};
    r->status = CODEC_OK;
}

codec_picture_status dragon_jpeg_decode(const uint8_t *bytes, size_t size, size_t pixel_limit, codec_picture *picture,
                                        char *message) {
    reading r;
    memset(&r, 0, sizeof r);
    r.status = CODEC_MALFORMED;
    r.info.err = &r.errors.base;
    set_errors(&r.errors, message);
    decode(&r, bytes, size, pixel_limit, picture);
    jpeg_destroy_decompress(&r.info);
    free(r.row);
    if (r.status != CODEC_OK)
        free(r.pixels);
    return r.status;
}

typedef struct {
    struct jpeg_compress_struct info;
    errors errors;
    uint8_t *row;
    unsigned char *bytes; // libjpeg's, by malloc
    unsigned long size;
} writing;

static int encode(writing *w, const codec_picture *picture, int quality) {
    j_compress_ptr info = &w->info;
    if (setjmp(w->errors.leave))
        return 0;
    jpeg_create_compress(info);
    jpeg_mem_dest(info, &w->bytes, &w->size);
    info->image_width = picture->width;
    info->image_height = picture->height;
    info->input_components = 3;
    info->in_color_space = JCS_RGB;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, quality, TRUE);
    // Full colour resolution: edits are looked at closely.
    info->comp_info[0].h_samp_factor = info->comp_info[0].v_samp_factor = 1;
    info->optimize_coding = TRUE;
    w->row = malloc((size_t)picture->width * 3);
    if (w->row == NULL)
        leave_with(&w->errors, "out of memory");
    jpeg_start_compress(info, TRUE);
    while (info->next_scanline < picture->height) {
        dragon_row8(picture, info->next_scanline, 3, w->row);
        jpeg_write_scanlines(info, &w->row, 1);
    }
    jpeg_finish_compress(info);
    return 1;
}

codec_picture_status dragon_jpeg_encode(const codec_picture *picture, int quality, codec_bytes *encoded,
                                        char *message) {
    writing w;
    memset(&w, 0, sizeof w);
    w.info.err = &w.errors.base;
    set_errors(&w.errors, message);
    int done = encode(&w, picture, quality);
    // libjpeg tells where its buffer has moved to only when it finishes; before the first row it has not moved.
    int is_ours = done || w.info.next_scanline == 0;
    jpeg_destroy_compress(&w.info);
    free(w.row);
    if (done) {
        *encoded = (codec_bytes){w.bytes, w.size};
        return CODEC_OK;
    }
    if (is_ours)
        free(w.bytes);
    return CODEC_MALFORMED;
}
