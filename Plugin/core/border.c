#include "border.h"

// Directions clockwise, from the right: an inside to the right of the way.
static const Corner STEPS[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
enum { RIGHTWARDS, DOWNWARDS, LEFTWARDS, UPWARDS };

static gboolean is_set(const Mask *mask, int x, int y) {
    return x >= 0 && y >= 0 && x < mask->width && y < mask->height && mask->bytes[(gsize)y * mask->width + x] >= 128;
}

// The pixel ahead of a corner, to the right of the way or to its left.
static gboolean is_ahead(const Mask *mask, Corner at, int way, gboolean right) {
    static const Corner rights[] = {{0, 0}, {-1, 0}, {-1, -1}, {0, -1}};
    Corner pixel = rights[right ? way : (way + 3) % 4];
    return is_set(mask, at.x + pixel.x, at.y + pixel.y);
}

// Follows a line from the left end of a pixel's upper edge, and marks the upper edges that it comes along.
static void follow(const Mask *mask, Corner start, guint8 *seen, Border *border) {
    Corner at = start;
    int way = RIGHTWARDS;
    g_array_append_val(border->corners, start);
    do {
        if (way == RIGHTWARDS)
            seen[(gsize)at.y * mask->width + at.x] = 1;
        at = (Corner){at.x + STEPS[way].x, at.y + STEPS[way].y};
        int before = way;
        if (!is_ahead(mask, at, way, TRUE))
            way = (way + 1) % 4;
        else if (is_ahead(mask, at, way, FALSE))
            way = (way + 3) % 4;
        if (way != before && (at.x != start.x || at.y != start.y || way != RIGHTWARDS))
            g_array_append_val(border->corners, at);
    } while (at.x != start.x || at.y != start.y || way != RIGHTWARDS);
    g_array_append_val(border->ends, border->corners->len);
}

Border *border_of_mask(const Mask *mask) {
    Border *border = g_new(Border, 1);
    border->corners = g_array_new(FALSE, FALSE, sizeof(Corner));
    border->ends = g_array_new(FALSE, FALSE, sizeof(guint));
    guint8 *seen = g_malloc0((gsize)mask->width * mask->height);
    // Every closed line has an upper edge of a pixel; from the left, it is met first at one of its corners.
    for (int y = 0; y < mask->height; y++)
        for (int x = 0; x < mask->width; x++)
            if (!seen[(gsize)y * mask->width + x] && is_set(mask, x, y) && !is_set(mask, x, y - 1))
                follow(mask, (Corner){x, y}, seen, border);
    g_free(seen);
    return border;
}

void border_free(Border *border) {
    if (!border)
        return;
    g_array_unref(border->corners);
    g_array_unref(border->ends);
    g_free(border);
}
