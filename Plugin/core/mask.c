#include "mask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Mask *mask_new(int width, int height) {
    Mask *mask = g_new0(Mask, 1);
    mask->width = width;
    mask->height = height;
    mask->bytes = g_malloc0((gsize)width * height);
    mask->holders = 1;
    return mask;
}

Mask *mask_copy(const Mask *mask) {
    if (!mask)
        return NULL;
    Mask *copy = mask_new(mask->width, mask->height);
    memcpy(copy->bytes, mask->bytes, (gsize)mask->width * mask->height);
    return copy;
}

Mask *mask_hold(Mask *mask) {
    if (mask)
        g_atomic_int_inc(&mask->holders);
    return mask;
}

void mask_free(Mask *mask) {
    if (!mask || !g_atomic_int_dec_and_test(&mask->holders))
        return;
    g_free(mask->bytes);
    g_free(mask);
}

gboolean mask_equal(const Mask *a, const Mask *b) {
    if (a == b || !a || !b)
        return a == b;
    return a->width == b->width && a->height == b->height &&
           memcmp(a->bytes, b->bytes, (gsize)a->width * a->height) == 0;
}

// All bits that any of some bytes has. Without a way out early: so compilers make it fast.
static guint8 bits_of(const guint8 *bytes, gsize count) {
    guint8 bits = 0;
    for (gsize i = 0; i < count; i++)
        bits |= bytes[i];
    return bits;
}

// Whether any byte has one of some bits.
static gboolean has_bits(const Mask *mask, guint8 bits) {
    const gsize block = 1 << 14, count = (gsize)mask->width * mask->height;
    for (gsize i = 0; i < count; i += block)
        if (bits_of(mask->bytes + i, MIN(block, count - i)) & bits)
            return TRUE;
    return FALSE;
}

// From 128 on.
static const guint8 SET_BIT = 128;

// The smallest box around pixels of at least some value, a power of two.
static gboolean bounds_of(const Mask *mask, guint8 least, Box *box) {
    const guint8 bits = (guint8) ~(least - 1);
    int left = G_MAXINT, top = G_MAXINT, right = -1, bottom = -1;
    for (int y = 0; y < mask->height; y++) {
        const guint8 *row = mask->bytes + (gsize)y * mask->width;
        if (!(bits_of(row, (gsize)mask->width) & bits))
            continue;
        int first = 0, last = mask->width - 1;
        while (row[first] < least)
            first++;
        while (row[last] < least)
            last--;
        left = MIN(left, first);
        right = MAX(right, last);
        top = MIN(top, y);
        bottom = y;
    }
    if (right < 0)
        return FALSE;
    *box = (Box){left, top, right - left + 1, bottom - top + 1};
    return TRUE;
}

gboolean mask_bounds(const Mask *mask, Box *box) {
    return bounds_of(mask, SET_BIT, box);
}

gboolean mask_reach(const Mask *mask, Box *box) {
    return bounds_of(mask, 1, box);
}

gboolean mask_has_set(const Mask *mask) {
    return has_bits(mask, SET_BIT);
}

gboolean mask_has_any(const Mask *mask) {
    return has_bits(mask, 255);
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Where the outline crosses the line through the middles of a row of pixels.
static guint crossings_of_row(const dragon_point *points, guint count, double y, double *crossings) {
    guint found = 0;
    for (guint i = 0; i < count; i++) {
        dragon_point a = points[i], b = points[(i + 1) % count];
        double x = a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x);
        // Endless numbers in a script's outline cross nowhere.
        if ((a.y <= y) != (b.y <= y) && isfinite(x))
            crossings[found++] = x;
    }
    qsort(crossings, found, sizeof *crossings, compare_doubles);
    return found;
}

Mask *mask_from_outline(int width, int height, const dragon_point *points, guint count) {
    Mask *mask = mask_new(width, height);
    double *crossings = g_new(double, count + 1);
    for (int y = 0; y < height; y++) {
        guint found = crossings_of_row(points, count, y + 0.5, crossings);
        for (guint i = 0; i + 1 < found; i += 2) {
            // A pixel is inside where its middle, x + 0.5, is.
            int first = (int)ceil(CLAMP(crossings[i] - 0.5, 0, width));
            int end = (int)ceil(CLAMP(crossings[i + 1] - 0.5, 0, width));
            if (end > first)
                memset(mask->bytes + (gsize)y * width + first, 255, end - first);
        }
    }
    g_free(crossings);
    return mask;
}

static guint8 largest_in(const Mask *mask, int left, int right, int top, int bottom) {
    guint8 largest = 0;
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            largest = MAX(largest, mask->bytes[(gsize)y * mask->width + x]);
    return largest;
}

Mask *mask_scaled(const Mask *mask, int width, int height) {
    Mask *scaled = mask_new(width, height);
    for (int y = 0; y < height; y++) {
        int top = (int)((gint64)y * mask->height / height);
        int bottom = MAX(top + 1, (int)((gint64)(y + 1) * mask->height / height));
        for (int x = 0; x < width; x++) {
            int left = (int)((gint64)x * mask->width / width);
            int right = MAX(left + 1, (int)((gint64)(x + 1) * mask->width / width));
            scaled->bytes[(gsize)y * width + x] = largest_in(mask, left, right, top, bottom);
        }
    }
    return scaled;
}

Mask *mask_placed(const Mask *mask, int width, int height, int x, int y) {
    if (!mask)
        return NULL;
    Mask *placed = mask_new(width, height);
    int left = CLAMP(x, 0, width), right = (int)CLAMP((gint64)x + mask->width, 0, width);
    int top = CLAMP(y, 0, height), bottom = (int)CLAMP((gint64)y + mask->height, 0, height);
    for (int row = top; row < bottom && left < right; row++)
        memcpy(placed->bytes + (gsize)row * width + left, mask->bytes + (gsize)(row - y) * mask->width + left - x,
               (gsize)(right - left));
    return placed;
}

// The largest value near each of `count` bytes that lie `step` apart.
static void spread(const guint8 *from, guint8 *to, int count, gsize step, int pixels) {
    for (int i = 0; i < count; i++) {
        guint8 largest = 0;
        for (int near = MAX(0, i - pixels); near < MIN(count, i + pixels + 1); near++)
            largest = MAX(largest, from[near * step]);
        to[i * step] = largest;
    }
}

Mask *mask_grown(const Mask *mask, int pixels) {
    Mask *wide = mask_new(mask->width, mask->height), *grown = mask_new(mask->width, mask->height);
    for (int y = 0; y < mask->height; y++)
        spread(mask->bytes + (gsize)y * mask->width, wide->bytes + (gsize)y * mask->width, mask->width, 1, pixels);
    for (int x = 0; x < mask->width; x++)
        spread(wide->bytes + x, grown->bytes + x, mask->height, mask->width, pixels);
    mask_free(wide);
    return grown;
}

// FNV-1a.
static guint64 summed(guint64 sum, const void *bytes, gsize count) {
    for (const guint8 *byte = bytes; count > 0; byte++, count--)
        sum = (sum ^ *byte) * 1099511628211u;
    return sum;
}

guint64 mask_sum(const Mask *mask, Box box) {
    guint64 sum = summed(14695981039346656037u, &box, sizeof box);
    return mask ? summed(sum, mask->bytes, (gsize)mask->width * mask->height) : sum;
}

dragon_mask mask_view(const Mask *mask) {
    dragon_mask view = {0};
    if (mask) {
        view.pixels = mask->bytes;
        view.width = mask->width;
        view.height = mask->height;
    }
    return view;
}
