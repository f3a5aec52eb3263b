#include "screen.h"

#include <string.h>

// The longer side of pictures that previews are made of.
static const int SIDE_LIMIT = 1200;

cairo_surface_t *screen_surface(const Picture *picture) {
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, picture->width, picture->height);
    cairo_surface_flush(surface);
    guint8 *rows = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < picture->height; y++) {
        const guint8 *from = (const guint8 *)picture->pixels + (gsize)y * picture->width * 4;
        guint32 *to = (guint32 *)(void *)(rows + (gsize)y * stride);
        for (int x = 0; x < picture->width; x++, from += 4) {
            guint a = from[3];
            if (a == 255)
                to[x] = 255u << 24 | (guint)from[0] << 16 | (guint)from[1] << 8 | from[2];
            else
                to[x] = a << 24 | (from[0] * a / 255) << 16 | (from[1] * a / 255) << 8 | from[2] * a / 255;
        }
    }
    cairo_surface_mark_dirty(surface);
    return surface;
}

cairo_surface_t *screen_alpha(const Mask *mask) {
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, mask->width, mask->height);
    cairo_surface_flush(surface);
    guint8 *rows = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < mask->height; y++)
        memcpy(rows + (gsize)y * stride, mask->bytes + (gsize)y * mask->width, (gsize)mask->width);
    cairo_surface_mark_dirty(surface);
    return surface;
}

static void clear_mask(Screen *screen) {
    mask_free(screen->mask);
    g_clear_pointer(&screen->area, cairo_surface_destroy);
    g_clear_pointer(&screen->border, border_free);
    screen->mask = NULL;
    screen->box = (Box){0};
    screen->stamp++;
}

static void clear_shadow(Screen *screen) {
    g_clear_pointer(&screen->shadow, mask_free);
    g_clear_pointer(&screen->shadow_area, cairo_surface_destroy);
    screen->stamp++;
}

void screen_clear(Screen *screen) {
    clear_mask(screen);
    clear_shadow(screen);
    g_clear_pointer(&screen->held, mask_free);
    picture_free(screen->picture);
    g_clear_pointer(&screen->surface, cairo_surface_destroy);
    screen->picture = NULL;
    screen->scale = 1;
}

// What an outline means is each pixel that is at least half inside.
static Mask *hard(const Mask *mask) {
    Mask *copy = mask_copy(mask);
    for (gsize i = 0; i < (gsize)mask->width * mask->height; i++)
        copy->bytes[i] = copy->bytes[i] < 128 ? 0 : 255;
    return copy;
}

void screen_set_mask(Screen *screen, const Mask *mask) {
    clear_mask(screen);
    if (!mask || !screen->picture)
        return;
    screen->mask = mask_scaled(mask, screen->picture->width, screen->picture->height);
    mask_bounds(mask, &screen->box);
    Mask *area = hard(screen->mask);
    screen->area = screen_alpha(area);
    mask_free(area);
    screen->border = border_of_mask(screen->mask);
}

void screen_set_held(Screen *screen, const Mask *held) {
    g_clear_pointer(&screen->held, mask_free);
    if (held && screen->picture)
        screen->held = mask_scaled(held, screen->picture->width, screen->picture->height);
    screen->stamp++;
}

void screen_set_shadow(Screen *screen, const Mask *shadow) {
    clear_shadow(screen);
    if (!shadow || !screen->picture)
        return;
    screen->shadow = mask_scaled(shadow, screen->picture->width, screen->picture->height);
    screen->shadow_area = screen_alpha(screen->shadow);
}

void screen_set(Screen *screen, const Picture *picture) {
    screen_clear(screen);
    if (!picture)
        return;
    screen->picture = picture_for_screen(picture, SIDE_LIMIT);
    screen->scale = (double)screen->picture->width / picture->width;
    screen->surface = screen_surface(screen->picture);
}
