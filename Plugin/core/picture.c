#include "picture.h"

#include <math.h>
#include <string.h>

gsize picture_bytes_per_pixel(dragon_pixel_format format) {
    return format == DRAGON_RGBA_U8 ? 4 : format == DRAGON_RGBA_U16 ? 8 : 16;
}

Picture *picture_new(int width, int height, dragon_pixel_format format) {
    Picture *picture = g_new0(Picture, 1);
    picture->width = width;
    picture->height = height;
    picture->format = format;
    picture->holders = 1;
    picture->pixels = g_malloc0((gsize)width * height * picture_bytes_per_pixel(format));
    return picture;
}

Picture *picture_copy(const Picture *picture) {
    Picture *copy = picture_new(picture->width, picture->height, picture->format);
    memcpy(copy->pixels, picture->pixels,
           (gsize)picture->width * picture->height * picture_bytes_per_pixel(picture->format));
    return copy;
}

Picture *picture_hold(Picture *picture) {
    if (picture)
        g_atomic_int_inc(&picture->holders);
    return picture;
}

void picture_free(Picture *picture) {
    if (!picture || !g_atomic_int_dec_and_test(&picture->holders))
        return;
    g_free(picture->pixels);
    g_free(picture);
}

// A channel of the picture, counted from its first pixel, 0 … 1 where it is in range.
static double channel_at(const Picture *picture, gsize index) {
    switch (picture->format) {
    case DRAGON_RGBA_U8:
        return ((const guint8 *)picture->pixels)[index] / 255.0;
    case DRAGON_RGBA_U16:
        return ((const guint16 *)picture->pixels)[index] / 65535.0;
    default:
        return ((const float *)picture->pixels)[index];
    }
}

static gsize alpha_index(const Picture *picture, int x, int y) {
    return ((gsize)y * picture->width + x) * 4 + 3;
}

double picture_alpha(const Picture *picture, int x, int y) {
    return channel_at(picture, alpha_index(picture, x, y));
}

static void set_channel(Picture *picture, gsize index, double value) {
    if (picture->format == DRAGON_RGBA_U8)
        ((guint8 *)picture->pixels)[index] = (guint8)lround(CLAMP(value, 0, 1) * 255);
    else if (picture->format == DRAGON_RGBA_U16)
        ((guint16 *)picture->pixels)[index] = (guint16)lround(CLAMP(value, 0, 1) * 65535);
    else
        ((float *)picture->pixels)[index] = (float)value;
}

void picture_put(Picture *picture, const Picture *part, int x, int y) {
    gsize bytes = picture_bytes_per_pixel(picture->format);
    for (int row = 0; row < part->height; row++)
        memcpy((char *)picture->pixels + ((gsize)(y + row) * picture->width + x) * bytes,
               (const char *)part->pixels + (gsize)row * part->width * bytes, part->width * bytes);
}

void picture_take_alpha(Picture *picture, float *share) {
    for (gsize i = 0; i < (gsize)picture->width * picture->height; i++) {
        share[i] *= (float)CLAMP(channel_at(picture, i * 4 + 3), 0, 1);
        set_channel(picture, i * 4 + 3, 1);
    }
}

void picture_give_alpha(Picture *picture, float *share) {
    for (gsize i = 0; i < (gsize)picture->width * picture->height; i++) {
        set_channel(picture, i * 4 + 3, channel_at(picture, i * 4 + 3) * share[i]);
        share[i] = 1;
    }
}

Picture *picture_part(const Picture *picture, Box box) {
    Picture *part = picture_new(box.width, box.height, picture->format);
    gsize bytes = picture_bytes_per_pixel(picture->format);
    for (int y = 0; y < box.height; y++)
        memcpy((guint8 *)part->pixels + (gsize)y * box.width * bytes,
               (const guint8 *)picture->pixels + ((gsize)(box.y + y) * picture->width + box.x) * bytes,
               box.width * bytes);
    return part;
}

gboolean picture_erases(const Picture *bottom, const Picture *top, const float *share) {
    // Less is rounding.
    const double smallest = 1.5 / 255;
    gsize count = (gsize)bottom->width * bottom->height;
    for (gsize i = 0; i < count; i++)
        if (share[i] * (channel_at(bottom, i * 4 + 3) - channel_at(top, i * 4 + 3)) > smallest)
            return TRUE;
    return FALSE;
}

void picture_mix(Picture *bottom, const Picture *top, const float *share) {
    gsize count = (gsize)bottom->width * bottom->height;
    for (gsize i = 0; i < count; i++) {
        double below = (1 - share[i]) * channel_at(bottom, i * 4 + 3), above = share[i] * channel_at(top, i * 4 + 3);
        if (share[i] <= 0)
            continue;
        for (int c = 0; c < 3 && below + above > 0; c++) {
            double mixed = below * channel_at(bottom, i * 4 + c) + above * channel_at(top, i * 4 + c);
            set_channel(bottom, i * 4 + c, mixed / (below + above));
        }
        set_channel(bottom, i * 4 + 3, below + above);
    }
}

gboolean picture_has_transparency(const Picture *picture) {
    for (int y = 0; y < picture->height; y++)
        for (int x = 0; x < picture->width; x++)
            if (picture_alpha(picture, x, y) < 0.5)
                return TRUE;
    return FALSE;
}

static guint8 to_byte(double value) {
    // Written so that NaN gives 0.
    return value > 0 ? (guint8)(MIN(value, 1) * 255 + 0.5) : 0;
}

// The mean of a box of pixels; colours count as much as they are opaque.
static void write_mean(const Picture *picture, Box box, guint8 *out) {
    double sum[3] = {0}, alpha_sum = 0;
    for (int y = box.y; y < box.y + box.height; y++)
        for (int x = box.x; x < box.x + box.width; x++) {
            gsize index = alpha_index(picture, x, y) - 3;
            double alpha = channel_at(picture, index + 3);
            for (int c = 0; c < 3; c++)
                sum[c] += alpha * channel_at(picture, index + c);
            alpha_sum += alpha;
        }
    for (int c = 0; c < 3; c++)
        out[c] = alpha_sum > 0 ? to_byte(sum[c] / alpha_sum) : 0;
    out[3] = to_byte(alpha_sum / ((double)box.width * box.height));
}

Picture *picture_for_screen(const Picture *picture, int limit) {
    double scale = MIN(1.0, (double)limit / MAX(picture->width, picture->height));
    int width = MAX(1, (int)lround(picture->width * scale)), height = MAX(1, (int)lround(picture->height * scale));
    Picture *screen = picture_new(width, height, DRAGON_RGBA_U8);
    for (int y = 0; y < height; y++) {
        int top = (int)((gint64)y * picture->height / height);
        int bottom = MAX(top + 1, (int)((gint64)(y + 1) * picture->height / height));
        for (int x = 0; x < width; x++) {
            int left = (int)((gint64)x * picture->width / width);
            int right = MAX(left + 1, (int)((gint64)(x + 1) * picture->width / width));
            write_mean(picture, (Box){left, top, right - left, bottom - top},
                       (guint8 *)screen->pixels + ((gsize)y * width + x) * 4);
        }
    }
    return screen;
}

// A part's pixel and its share where it is enlarged: between four of them.
static void sample_between(const Picture *part, const Mask *mask, double x, double y, int *colour, int *share) {
    double left = floor(x), top = floor(y), sum[3] = {0}, shares = 0;
    for (int corner = 0; corner < 4; corner++) {
        int at_x = CLAMP((int)left + corner % 2, 0, part->width - 1);
        int at_y = CLAMP((int)top + corner / 2, 0, part->height - 1);
        const guint8 *source = (const guint8 *)part->pixels + ((gsize)at_y * part->width + at_x) * 4;
        double weight = (corner % 2 ? x - left : 1 - x + left) * (corner / 2 ? y - top : 1 - y + top);
        guint covered = mask->bytes[(gsize)at_y * mask->width + at_x];
        if (!covered)
            continue;
        weight *= covered * source[3] / 255.0;
        for (int c = 0; c < 3; c++)
            sum[c] += weight * source[c];
        shares += weight;
    }
    for (int c = 0; c < 3; c++)
        colour[c] = shares > 0 ? (int)lround(sum[c] / shares) : 0;
    *share = (int)lround(shares);
}

static void mix_pixel(guint8 *target, const int *colour, int share) {
    for (int c = 0; c < 3; c++)
        target[c] = (guint8)((colour[c] * share + target[c] * (255 - share) + 127) / 255);
    target[3] = (guint8)MAX(target[3], share);
}

// The same as picture_lay where the picture is the larger of the two.
static void lay_enlarged(Picture *picture, const Picture *part, const Mask *mask, Box box, double scale) {
    Box reach;
    if (!mask_reach(mask, &reach))
        return;
    // A pixel further, into which the enlarging blurs, but not beyond the part.
    int left = MAX(reach.x - 1, 0) + box.x, right = MIN(reach.x + reach.width + 1, box.width) + box.x;
    int top = MAX(reach.y - 1, 0) + box.y, bottom = MIN(reach.y + reach.height + 1, box.height) + box.y;
    int first_x = MAX(0, (int)(left / scale)), end_x = MIN(picture->width, (int)ceil(right / scale));
    int first_y = MAX(0, (int)(top / scale)), end_y = MIN(picture->height, (int)ceil(bottom / scale));
    for (int y = first_y; y < end_y; y++)
        for (int x = first_x; x < end_x; x++) {
            int colour[3], share;
            sample_between(part, mask, (x + 0.5) * scale - 0.5 - box.x, (y + 0.5) * scale - 0.5 - box.y, colour,
                           &share);
            if (share)
                mix_pixel((guint8 *)picture->pixels + ((gsize)y * picture->width + x) * 4, colour, share);
        }
}

void picture_lay(Picture *picture, const Picture *part, const Mask *mask, Box box, double scale) {
    if (scale < 1) {
        lay_enlarged(picture, part, mask, box, scale);
        return;
    }
    for (int y = 0; y < picture->height; y++) {
        int from_y = (int)((y + 0.5) * scale) - box.y;
        if (from_y < 0 || from_y >= box.height)
            continue;
        for (int x = 0; x < picture->width; x++) {
            int from_x = (int)((x + 0.5) * scale) - box.x;
            if (from_x < 0 || from_x >= box.width)
                continue;
            const guint8 *source = (const guint8 *)part->pixels + ((gsize)from_y * part->width + from_x) * 4;
            guint8 *target = (guint8 *)picture->pixels + ((gsize)y * picture->width + x) * 4;
            int share = mask->bytes[(gsize)from_y * mask->width + from_x] * source[3] / 255;
            if (share)
                mix_pixel(target, (const int[]){source[0], source[1], source[2]}, share);
        }
    }
}

Mask *picture_difference(const Picture *a, const Picture *b, int tolerance) {
    Mask *mask = mask_new(a->width, a->height);
    const guint8 *x = a->pixels, *y = b->pixels;
    for (gsize i = 0; i < (gsize)a->width * a->height; i++)
        for (int c = 0; c < 4; c++)
            if (ABS(x[i * 4 + c] - y[i * 4 + c]) > tolerance)
                mask->bytes[i] = 255;
    return mask;
}

dragon_picture picture_view(const Picture *picture) {
    dragon_picture view = {0};
    if (picture) {
        view.pixels = picture->pixels;
        view.width = picture->width;
        view.height = picture->height;
        view.format = picture->format;
    }
    return view;
}
