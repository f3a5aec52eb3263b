#include "state.h"

cairo_surface_t *surface_of(const Picture *picture) {
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

static cairo_surface_t *surface_of_mask(const Mask *mask) {
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, mask->width, mask->height);
    cairo_surface_flush(surface);
    guint8 *rows = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < mask->height; y++)
        for (int x = 0; x < mask->width; x++)
            rows[(gsize)y * stride + x] = mask->bytes[(gsize)y * mask->width + x] < 128 ? 0 : 255;
    cairo_surface_mark_dirty(surface);
    return surface;
}

static void clear_mask(Screen *screen) {
    mask_free(screen->mask);
    g_clear_pointer(&screen->area, cairo_surface_destroy);
    g_clear_pointer(&screen->border, border_free);
    g_clear_pointer(&screen->drawn.surface, cairo_surface_destroy);
    screen->mask = NULL;
    screen->box = (Box){0};
}

void screen_clear(Screen *screen) {
    clear_mask(screen);
    picture_free(screen->picture);
    g_clear_pointer(&screen->surface, cairo_surface_destroy);
    *screen = (Screen){0};
}

void screen_set_mask(Screen *screen, const Mask *mask) {
    clear_mask(screen);
    if (!mask || !screen->picture)
        return;
    screen->mask = mask_scaled(mask, screen->picture->width, screen->picture->height);
    mask_bounds(mask, &screen->box);
    screen->area = surface_of_mask(screen->mask);
    screen->border = border_of_mask(screen->mask);
}

void screen_set(Screen *screen, const Picture *picture, const Mask *mask) {
    screen_clear(screen);
    if (!picture)
        return;
    screen->picture = picture_for_screen(picture, SCREEN_LIMIT);
    screen->scale = (double)screen->picture->width / picture->width;
    screen->surface = surface_of(screen->picture);
    screen_set_mask(screen, mask);
}
