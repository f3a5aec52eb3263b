/// A picture as the canvas shows it: shrunk to the screen, with its object.
#ifndef PLUGIN_SCREEN_H
#define PLUGIN_SCREEN_H

#include <gtk/gtk.h>
#include "border.h"
#include "picture.h"

typedef struct Screen {
    Picture *picture;
    /// Screen pixels for each of the full picture's.
    double scale;
    Mask *mask;
    /// Of the object, in the full picture's pixels; empty where there is none.
    Box box;
    cairo_surface_t *surface;
    /// The mask for cairo_mask_surface, and where it ends in the screen picture's pixels.
    cairo_surface_t *area;
    Border *border;
    /// What arrows hold of the region; NULL for all of it.
    Mask *held;
    /// What the object casts, and the same for cairo.
    Mask *shadow;
    cairo_surface_t *shadow_area;
    /// Another number for every mask: what was drawn of it may be kept as long.
    guint stamp;
} Screen;

void screen_set(Screen *screen, const Picture *picture);
void screen_set_mask(Screen *screen, const Mask *mask);
void screen_set_held(Screen *screen, const Mask *held);
void screen_set_shadow(Screen *screen, const Mask *shadow);
void screen_clear(Screen *screen);

/// Its pixels for cairo; `alpha`: those of a mask, soft as they are.
cairo_surface_t *screen_surface(const Picture *picture);
cairo_surface_t *screen_alpha(const Mask *mask);

#endif
