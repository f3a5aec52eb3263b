// The plug-in's plain C: masks, borders, pictures, views.
#include <math.h>
#include <string.h>
#include "border.h"
#include "check.h"
#include "masks.h"
#include "picture.h"
#include "view.h"

// Bounds and presence by looking at every pixel, for masks of any size: what is skipped in blocks is skipped rightly.
static void test_presence(void) {
    guint32 state = 7;
    for (int round = 0; round < 200; round++) {
        int width = 1 + round * 7 % 301, height = 1 + round * 13 % 211;
        Mask *mask = mask_new(width, height);
        int pixels = round % 4, left = width, top = height, right = -1, bottom = -1;
        gboolean has_any = FALSE;
        for (int i = 0; i < pixels; i++) {
            state = state * 1664525 + 1013904223;
            mask->bytes[(gsize)(state >> 8) % ((gsize)width * height)] = (guint8)(state >> 24);
        }
        for (int at = 0; at < width * height; at++) {
            has_any = has_any || mask->bytes[at];
            if (mask->bytes[at] < 128)
                continue;
            left = MIN(left, at % width);
            right = MAX(right, at % width);
            top = MIN(top, at / width);
            bottom = MAX(bottom, at / width);
        }
        Box box = {0};
        CHECK(mask_bounds(mask, &box) == (right >= 0) && mask_has_set(mask) == (right >= 0));
        CHECK(mask_has_any(mask) == has_any);
        Box reach = {0};
        CHECK(mask_reach(mask, &reach) == has_any);
        for (int at = 0; at < width * height; at++)
            if (mask->bytes[at]) {
                int x = at % width - reach.x, y = at / width - reach.y;
                CHECK(x >= 0 && x < reach.width && y >= 0 && y < reach.height);
            }
        CHECK(right < 0 ||
              (box.x == left && box.y == top && box.x + box.width == right + 1 && box.y + box.height == bottom + 1));
        mask_free(mask);
    }
}

// A part of half the size: its ramp stays one, and where its mask is 0 nothing changes.
static void test_enlarging(void) {
    Picture *under = picture_new(40, 24, DRAGON_RGBA_U8), *part = picture_new(10, 6, DRAGON_RGBA_U8);
    Mask *mask = mask_new(10, 6);
    memset(under->pixels, 7, 40 * 24 * 4);
    for (int i = 0; i < 60; i++) {
        memset((guint8 *)part->pixels + i * 4, 20 * (i % 10), 3);
        ((guint8 *)part->pixels)[i * 4 + 3] = 255;
        mask->bytes[i] = i % 10 < 8 ? 255 : 0;
    }
    picture_lay(under, part, mask, (Box){6, 3, 10, 6}, 0.5);
    gboolean is_ramp = TRUE, stays = TRUE;
    for (int y = 0; y < 24; y++)
        for (int x = 0; x < 40; x++) {
            const guint8 *pixel = (const guint8 *)under->pixels + (y * 40 + x) * 4;
            // Middles of the part's first and eighth columns lie at 13 and 27.
            if (y >= 6 && y < 18 && x >= 13 && x < 27)
                is_ramp = is_ramp && fabs(pixel[1] - 20 * ((x + 0.5) / 2 - 6.5)) <= 0.51;
            else if (y < 6 || y >= 18 || x < 12 || x >= 30)
                stays = stays && pixel[1] == 7;
        }
    CHECK(is_ramp);
    CHECK(stays);
    picture_free(under);
    picture_free(part);
    mask_free(mask);
}

static void test_masks(void) {
    const dragon_point square[] = {{2, 1}, {6, 1}, {6, 4}, {2, 4}};
    Mask *mask = mask_from_outline(10, 8, square, 4);
    Box box;
    CHECK(set_count(mask) == 12);
    CHECK(mask_bounds(mask, &box) && box.x == 2 && box.y == 1 && box.width == 4 && box.height == 3);
    Mask *small = mask_scaled(mask, 5, 4), *point = mask_scaled(mask, 1, 1);
    CHECK(mask_bounds(small, &box) && box.x == 1 && box.width == 2);
    CHECK(set_count(point) == 1);
    mask_free(small);
    mask_free(point);
    mask_free(mask);

    const dragon_point outside[] = {{-50, -50}, {500, -50}, {500, 500}, {-50, 500}};
    mask = mask_from_outline(7, 5, outside, 4);
    CHECK(set_count(mask) == 35);
    mask_free(mask);
    const dragon_point odd[] = {{NAN, 1}, {INFINITY, 3}, {2, -INFINITY}};
    mask_free(mask_from_outline(7, 5, odd, 3));
    mask = mask_from_outline(7, 5, NULL, 0);
    CHECK(!mask_bounds(mask, &box));
    mask_free(mask);
    CHECK(mask_copy(NULL) == NULL && mask_view(NULL).pixels == NULL);
}

// Lines of the border, and the corners of all of them.
static void check_border(const char *rows, int width, int height, guint lines, guint corners) {
    Mask *mask = mask_new(width, height);
    for (int i = 0; i < width * height; i++)
        mask->bytes[i] = rows[i] == '#' ? 255 : 127;
    Border *border = border_of_mask(mask);
    CHECK(border->ends->len == lines && border->corners->len == corners);
    CHECK(lines == 0 || g_array_index(border->ends, guint, lines - 1) == corners);
    for (guint i = 0; i < corners; i++) {
        Corner corner = g_array_index(border->corners, Corner, i);
        CHECK(corner.x >= 0 && corner.x <= width && corner.y >= 0 && corner.y <= height);
    }
    border_free(border);
    mask_free(mask);
}

static void test_borders(void) {
    check_border("....", 2, 2, 0, 0);
    check_border("####", 2, 2, 1, 4);
    check_border("..."
                 ".#."
                 "...",
                 3, 3, 1, 4);
    // A step, a hole, pixels that touch at a corner, a comb.
    check_border("#."
                 "##",
                 2, 2, 1, 6);
    check_border("###"
                 "#.#"
                 "###",
                 3, 3, 2, 8);
    check_border("#."
                 ".#",
                 2, 2, 2, 8);
    check_border("#.#"
                 "###",
                 3, 2, 1, 8);
}

static void test_pictures(void) {
    Picture *picture = picture_new(4, 2, DRAGON_RGBA_U8);
    guint8 *bytes = picture->pixels;
    for (int i = 0; i < 8; i++)
        memcpy(bytes + i * 4, (guint8[]){(guint8)(i * 10), 100, 200, i == 0 ? 0 : 255}, 4);
    CHECK(picture_has_transparency(picture));
    Picture *screen = picture_for_screen(picture, 2);
    const guint8 *shown = screen->pixels;
    CHECK(screen->width == 2 && screen->height == 1);
    // The mean of the three opaque pixels, (10 + 40 + 50) / 3; the transparent one counts only as opacity.
    CHECK(shown[0] == 33 && shown[1] == 100 && shown[3] == 191);
    Picture *part = picture_part(picture, (Box){1, 1, 2, 1});
    CHECK(((guint8 *)part->pixels)[0] == 50 && part->width == 2);
    picture_free(part);
    picture_free(screen);

    for (dragon_pixel_format format = DRAGON_RGBA_U8; format <= DRAGON_RGBA_FLOAT; format++) {
        Picture *below = picture_new(2, 1, format), *above = picture_new(2, 1, format);
        memset(below->pixels, 0xff, format == DRAGON_RGBA_FLOAT ? 0 : 2 * picture_bytes_per_pixel(format));
        for (int i = 0; i < 8 && format == DRAGON_RGBA_FLOAT; i++)
            ((float *)below->pixels)[i] = 1;
        CHECK(picture_erases(below, above, (float[]){0, 0.5f}) && !picture_erases(below, above, (float[]){0, 0}));
        CHECK(!picture_erases(above, below, (float[]){1, 1}));
        picture_mix(below, above, (float[]){0, 1});
        CHECK(picture_alpha(below, 0, 0) == 1 && picture_alpha(below, 1, 0) == 0);
        picture_free(below);
        picture_free(above);
    }
    picture_free(picture);
}

static void test_views(void) {
    View view = {0};
    view_set_canvas(&view, 400, 300);
    view_set_picture(&view, 1000, 500);
    CHECK(view.x >= 0 && view.x + 1000 * view.zoom <= 400 && view.y > 0);
    dragon_point before = view_to_picture(&view, (dragon_point){200, 150});
    view_zoom(&view, 3, 200, 150);
    dragon_point after = view_to_picture(&view, (dragon_point){200, 150});
    CHECK(fabs(before.x - after.x) < 1e-6 && fabs(before.y - after.y) < 1e-6);
    view_scroll(&view, 1e9, -1e9);
    CHECK(view.x < 20 && view.y + 500 * view.zoom > 280);
    // Far out the whole picture is a part of the canvas, in its middle, and its surroundings are in reach.
    view_zoom(&view, 1e-9, 31, 57);
    CHECK(fabs(view.zoom - 0.2 * 376 / 1000) < 1e-9 && fabs(view.x - (400 - 75.2) / 2) < 1e-9);
    CHECK(view_to_picture(&view, (dragon_point){0, 0}).x < -2000);
    View before_fit = view;
    view_fit(&view);
    CHECK(fabs(view.zoom - 0.376) < 1e-9 && !view_equal(&view, &before_fit));
    dragon_point there = view_to_canvas(&view, view_to_picture(&view, (dragon_point){31, 57}));
    CHECK(fabs(there.x - 31) < 1e-6 && fabs(there.y - 57) < 1e-6);
}

int main(void) {
    test_masks();
    test_presence();
    test_enlarging();
    test_borders();
    test_pictures();
    test_views();
    printf("pixels: %d checks, %d failures\n", checks, failures);
    return failures ? 1 : 0;
}
