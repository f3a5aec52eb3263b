/// How a picture lies on the canvas: zoomed and shifted.
#ifndef PLUGIN_VIEW_H
#define PLUGIN_VIEW_H

#include <glib.h>
#include "dragon.h"

typedef struct View {
    /// Of the picture, in its pixels, and of the canvas, in the toolkit's.
    double picture_width;
    double picture_height;
    double canvas_width;
    double canvas_height;
    /// Canvas pixels per picture pixel.
    double zoom;
    /// Where the picture's corner lies on the canvas.
    double x;
    double y;
    /// Follows the canvas's size until the user zooms.
    gboolean fits;
} View;

void view_set_picture(View *view, double width, double height);
void view_set_canvas(View *view, double width, double height);
void view_fit(View *view);

/// Zooms by a factor; the point under (x, y) of the canvas stays there, but for a picture that is smaller than the canvas.
/// Out to a fifth of what shows it whole.
void view_zoom(View *view, double factor, double x, double y);
void view_scroll(View *view, double dx, double dy);

/// Whether pictures of one size lie at the same place.
gboolean view_equal(const View *a, const View *b);

dragon_point view_to_canvas(const View *view, dragon_point point);
dragon_point view_to_picture(const View *view, dragon_point point);

#endif
