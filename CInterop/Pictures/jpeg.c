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
    char warning[CODEC_MESSAGE];
    int is_past_end;
} errors;

typedef struct {
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress;
    errors errors;
    void *pixels;
    uint8_t *row;
    void *inks;
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

/// Whether a picture ends in its upper half, or with its file: what libjpeg fills with grey is no photo.
static int is_cut(j_decompress_ptr info) {
    errors *e = (errors *)info->err;
    return e->is_past_end || (info->unread_marker == JPEG_EOI && info->input_iMCU_row * 2 < info->total_iMCU_rows);
}

/// Damage that libjpeg reads on behind is told of. A file may end early as long as no pixel is missing.
static void warn(j_common_ptr info, int level) {
    errors *e = (errors *)info->err;
    if (level >= 0)
        return;
    if (info->err->msg_code == JWRN_JPEG_EOF) {
        e->is_past_end = 1;
        return;
    }
    if (info->err->msg_code == JWRN_HIT_MARKER && info->is_decompressor && is_cut((j_decompress_ptr)info))
        leave_with(e, "it is truncated or damaged");
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    if (e->warning[0] == 0)
        dragon_say(e->warning, text);
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

/// Whether a picture's scans tell every bit of every coefficient, as far as libjpeg knows.
static int is_complete(j_decompress_ptr info) {
    if (info->coef_bits == NULL)
        return !jpeg_has_multiple_scans(info);
    for (int component = 0; component < info->num_components; component++)
        for (int i = 0; i < DCTSIZE2; i++)
            if (info->coef_bits[component][i] != 0)
                return 0;
    return 1;
}

/// The profile; that of four inks is used up here.
static void read_profile(reading *r, int is_cmyk, codec_picture *picture) {
    j_decompress_ptr info = &r->info;
    JOCTET *profile = NULL;
    unsigned size = 0;
    if (!jpeg_read_icc_profile(info, &profile, &size))
        return;
    picture->profile = (codec_bytes){profile, size};
    if (!is_cmyk)
        return;
    r->inks = dragon_inks_open(picture->profile, info->saw_Adobe_marker);
    if (r->inks == NULL)
        dragon_say(r->errors.warning, "the profile of its four inks cannot be used");
    codec_bytes_free(&picture->profile);
}

/// Before the end, which forgets the markers.
static void read_details(j_decompress_ptr info, codec_picture *picture) {
    for (jpeg_saved_marker_ptr m = info->marker_list; m != NULL && picture->exif.size == 0; m = m->next)
        if (m->marker == JPEG_APP0 + 1 && m->data_length > 6 && memcmp(m->data, "Exif\0\0", 6) == 0)
            picture->exif = dragon_exif_bare(m->data, m->data_length);
    double unit = info->density_unit == 1 ? 0.0254 : 0.01;
    if (info->saw_JFIF_marker && (info->density_unit == 1 || info->density_unit == 2)) {
        picture->pixels_per_metre[0] = info->X_density / unit;
        picture->pixels_per_metre[1] = info->Y_density / unit;
    }
}

static void decode(reading *r, const uint8_t *bytes, size_t size, size_t memory_limit, codec_picture *picture) {
    j_decompress_ptr info = &r->info;
    if (setjmp(r->errors.leave))
        return;
    jpeg_create_decompress(info);
    info->progress = &r->progress;
    r->progress.progress_monitor = check_scans;
    jpeg_mem_src(info, bytes, size);
    jpeg_save_markers(info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_save_markers(info, JPEG_APP0 + 2, 0xFFFF);
    jpeg_read_header(info, TRUE);
    uint32_t width = info->image_width, height = info->image_height;
    // Of more than one scan all coefficients are kept, two bytes each.
    uint32_t working = 4 + (jpeg_has_multiple_scans(info) ? 2 * (uint32_t)info->num_components : 0);
    r->pixels = dragon_pixels(width, height, 8, working, memory_limit, &r->status, r->errors.message);
    if (r->pixels == NULL)
        return;
    int is_cmyk = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    read_profile(r, is_cmyk, picture);
    info->out_color_space = is_cmyk ? JCS_CMYK : JCS_EXT_RGBA;
    jpeg_start_decompress(info);
    r->row = malloc((size_t)width * 4);
    if (r->row == NULL)
        leave_with(&r->errors, "out of memory");
    while (info->output_scanline < height) {
        uint8_t *out = (uint8_t *)r->pixels + (size_t)info->output_scanline * width * 4;
        jpeg_read_scanlines(info, is_cmyk ? &r->row : &out, 1);
        if (is_cmyk)
            dragon_inks_row(r->inks, r->row, width, info->saw_Adobe_marker, out);
    }
    if (r->errors.is_past_end && !is_complete(info))
        leave_with(&r->errors, "it is truncated or damaged");
    read_details(info, picture);
    jpeg_finish_decompress(info);
    picture->width = width;
    picture->height = height;
    picture->depth = 8;
    picture->pixels = r->pixels;
    dragon_say(picture->warning, r->errors.warning);
    r->status = CODEC_OK;
}

codec_picture_status dragon_jpeg_decode(const uint8_t *bytes, size_t size, size_t memory_limit, codec_picture *picture,
                                        char *message) {
    reading r;
    memset(&r, 0, sizeof r);
    r.status = CODEC_MALFORMED;
    r.info.err = &r.errors.base;
    set_errors(&r.errors, message);
    decode(&r, bytes, size, memory_limit, picture);
    jpeg_destroy_decompress(&r.info);
    free(r.row);
    dragon_inks_close(r.inks);
    if (r.status != CODEC_OK) {
        free(r.pixels);
        picture->pixels = NULL;
        codec_picture_free(picture);
    }
    return r.status;
}

typedef struct {
    struct jpeg_compress_struct info;
    errors errors;
    uint8_t *row, *segment;
    int is_started;
    unsigned char *bytes; // libjpeg's, by malloc
    unsigned long size;
} writing;

/// Density in dots an inch, as most programs show it.
static void set_density(j_compress_ptr info, const double *pixels_per_metre) {
    double across = pixels_per_metre[0] * 0.0254 + 0.5, down = pixels_per_metre[1] * 0.0254 + 0.5;
    if (across < 1 || across >= UINT16_MAX || down < 1 || down >= UINT16_MAX)
        return;
    info->density_unit = 1;
    info->X_density = (UINT16)across;
    info->Y_density = (UINT16)down;
}

/// The EXIF data in the one segment that it may fill, and the profile in as many as it needs.
static void write_details(writing *w, const codec_picture *picture) {
    if (w->segment != NULL)
        jpeg_write_marker(&w->info, JPEG_APP0 + 1, w->segment, (unsigned)picture->exif.size + 6);
    if (picture->profile.size > 0 && picture->profile.size <= 255u * 65519)
        jpeg_write_icc_profile(&w->info, picture->profile.bytes, (unsigned)picture->profile.size);
}

static void find_room(writing *w, const codec_picture *picture) {
    size_t size = picture->exif.size;
    int has_exif = size > 0 && size <= 0xFFFF - 2 - 6;
    w->row = malloc((size_t)picture->width * 3);
    w->segment = has_exif ? malloc(size + 6) : NULL;
    if (w->row == NULL || (has_exif && w->segment == NULL))
        leave_with(&w->errors, "out of memory");
    if (!has_exif)
        return;
    memcpy(w->segment, "Exif\0\0", 6);
    memcpy(w->segment + 6, picture->exif.bytes, size);
}

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
    set_density(info, picture->pixels_per_metre);
    find_room(w, picture);
    w->is_started = 1;
    jpeg_start_compress(info, TRUE);
    write_details(w, picture);
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
    // libjpeg tells where its buffer has moved to only when it finishes; before it starts it has not moved.
    int is_ours = done || !w.is_started;
    jpeg_destroy_compress(&w.info);
    free(w.row);
    free(w.segment);
    if (done) {
        *encoded = (codec_bytes){w.bytes, w.size};
        return CODEC_OK;
    }
    if (is_ours)
        free(w.bytes);
    return CODEC_MALFORMED;
}
