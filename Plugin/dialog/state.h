/// What the parts of the dialog share.
#ifndef PLUGIN_DIALOG_STATE_H
#define PLUGIN_DIALOG_STATE_H

#include <gtk/gtk.h>
#include "border.h"
#include "window.h"
#include "view.h"
#include "words.h"
#include "worker.h"

/// The longer side of pictures that previews are made of.
#define SCREEN_LIMIT 1200

/// What the pointer does on the canvas.
typedef enum Tool { TOOL_PLACE, TOOL_OUTLINE } Tool;

/// An object's area and border as drawn last: only what changes them is drawn again.
typedef struct DrawnObject {
    cairo_surface_t *surface;
    View view;
    int factor;
    double tint;
} DrawnObject;

/// A picture as the canvas shows it.
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
    DrawnObject drawn;
} Screen;

/// A finished edit.
typedef struct Outcome {
    dragon_result *result;
    cairo_surface_t *surface;
    Edit *edit;
    Material masks;
} Outcome;

typedef struct Dialog {
    DialogInput *input;
    Edit *edit;
    Material *material;
    /// The program's selections, as last read.
    Mask *selection;
    Mask *reference_selection;
    GMainLoop *loop;
    gboolean inserts;

    Screen base;
    Screen reference;
    /// What the edit intends; NULL until it is known.
    cairo_surface_t *preview;
    Worker *preview_worker;
    gboolean preview_is_stale;
    guint preview_timer;

    GPtrArray *outcomes;
    /// Index of the outcome that is shown; −1 for the preview.
    int shown;
    /// Kept from one edit to the next; the worker's while one runs.
    Engine *engine;
    Worker *worker;
    /// Whether the worker adds a model, and whether the window closes when it is done.
    gboolean adds;
    guint poll;
    gboolean closes;

    // The canvas.
    GtkWidget *canvas;
    View view;
    Tool tool;
    gboolean shows_reference;
    gboolean shows_original;
    /// The arrow that is selected, and whether its head is held; −1 for none.
    int arrow;
    gboolean holds_head;
    int grip;
    dragon_point pressed;
    Edit *before;
    GArray *lasso;

    // The rest of the window.
    GtkWidget *window, *panel, *hint, *problem, *strip, *progress, *run, *cancel, *insert, *outline_button,
        *reference_switch;
    GtkWidget *prompt, *reference_prompt, *source, *size, *across, *down, *model_choice, *model_problem;
    GtkWidget *options[OPTION_COUNT];
    gboolean fills;
} Dialog;

// canvas.c, gestures.c
GtkWidget *canvas_new(Dialog *dialog);
void canvas_update_view(Dialog *dialog);
void canvas_add_gestures(Dialog *dialog);
const Screen *canvas_screen(const Dialog *dialog);
/// Where the object's box comes to lie, in pixels of the layer; FALSE where there is none.
gboolean canvas_target(const Dialog *dialog, dragon_point *corner, dragon_point *far_corner, dragon_point *middle);

// panel.c, options_box.c, models.c, sources.c, files.c
GtkWidget *panel_new(Dialog *dialog);
void panel_refresh(Dialog *dialog);
/// Content under a caption that belongs to one widget of it, by mnemonic and for screen readers.
GtkWidget *panel_captioned(const char *caption, GtkWidget *target, GtkWidget *content);
/// A choice of texts, which may be longer than the panel is wide.
GtkWidget *panel_choice_new(void);
GtkWidget *options_box_new(Dialog *dialog);
void options_box_refresh(Dialog *dialog);
GtkWidget *models_new(Dialog *dialog);
const char *models_chosen(Dialog *dialog);
void models_fill(Dialog *dialog, const char *chosen);
GtkWidget *sources_new(Dialog *dialog);
/// Reads the chosen source.
void sources_take(Dialog *dialog);
/// Shows the other picture on the canvas, or this one.
void sources_show(Dialog *dialog, gboolean shows);
/// A chooser that begins in a folder; NULL for the user's own.
GtkWidget *files_chooser(Dialog *dialog, GtkFileChooserAction action, const char *title, const char *accept,
                         const char *folder);
/// Runs and destroys a chooser; NULL where nothing was chosen.
char *files_choose(GtkWidget *chooser);

// runs.c, strip.c
void runs_start(Dialog *dialog);
void runs_cancel(Dialog *dialog);
void runs_add_model(Dialog *dialog, const char *source);
void strip_add(Dialog *dialog);
void strip_refresh(Dialog *dialog);

// preview.c
/// The edit was changed: a new preview follows.
void preview_ask(Dialog *dialog);
/// Waits for a preview that is being made; the pictures may then change.
void preview_stop(Dialog *dialog);

// screen.c
void screen_set(Screen *screen, const Picture *picture, const Mask *mask);
void screen_set_mask(Screen *screen, const Mask *mask);
void screen_clear(Screen *screen);
cairo_surface_t *surface_of(const Picture *picture);

// window.c
/// The edit was changed: shows it, and asks for a new preview.
void dialog_changed(Dialog *dialog);
/// Tells what went wrong; NULL takes the bar away.
void dialog_show_problem(Dialog *dialog, const char *message);

// objects.c
/// The object's mask, and the reference's, follow their outlines or selections.
void objects_take(Dialog *dialog);
/// Reads selections that the program has changed.
void objects_look(Dialog *dialog);

#endif
