/// The canvas's own state: how the picture lies on it, and what the pointer holds.
#ifndef PLUGIN_STAGE_H
#define PLUGIN_STAGE_H

#include "session.h"
#include "view.h"

/// An object's area and border as drawn last: only what changes them is drawn again.
typedef struct DrawnObject {
    cairo_surface_t *surface;
    View view;
    guint stamp;
    int factor;
    double tint;
} DrawnObject;

typedef struct Stage {
    Session *session;
    GtkWidget *widget;
    View view;
    /// The arrow that is selected, and whether its head is held; −1 for none.
    int arrow;
    gboolean holds_head;
    /// The corner of the object's box that is held, or GRIP_TURNER; −1 for none.
    int grip;
    /// Where the pointer was pressed, in the picture's pixels, and the edit as it was then.
    dragon_point pressed;
    Edit *before;
    /// Of dragon_point: the outline that is being drawn.
    GArray *lasso;
    DrawnObject drawn, drawn_reference;
} Stage;

/// What turns the object, beside the box's four corners.
enum { GRIP_TURNER = 4, GRIP_COUNT };

/// The box of the object at its new place, turned with it.
typedef struct Target {
    /// In pixels of the picture, clockwise from the one that was upper left.
    dragon_point corners[4];
    dragon_point middle;
    /// The corners, and what turns the object, in the canvas's pixels, kept within reach where the box is larger than the canvas.
    dragon_point handles[GRIP_COUNT];
    /// The middle of the side that the turner stands before, in the canvas's pixels.
    dragon_point stem;
} Target;

/// FALSE where there is none.
gboolean stage_target(const Stage *stage, Target *target);

/// Whether the box holds a point of the picture.
gboolean target_holds(const Target *target, dragon_point point);

/// Brings the picture that is looked at onto the canvas, whole.
void stage_fit(Stage *stage);

/// A pointer that went less far, in the toolkit's pixels, has only clicked.
extern const double LEAST_WAY;

/// Whether two places of the canvas are so near that the pointer at one takes hold of what is at the other.
gboolean stage_is_near(dragon_point a, dragon_point b);

/// Whether the pointer draws an outline, or clicks on an object.
gboolean stage_draws_outline(const Stage *stage);

gboolean stage_takes_arrows(const Stage *stage);

#endif
