/// What the parts of the dialog work on together, and how they hear of it. A part knows the session, never another part.
#ifndef PLUGIN_SESSION_H
#define PLUGIN_SESSION_H

#include "frames.h"
#include "history.h"
#include "hold.h"
#include "host.h"
#include "results.h"
#include "screen.h"

/// What has happened, or is asked for.
typedef enum SessionEvent {
    /// The edit's values.
    SESSION_EDIT = 1 << 0,
    /// The objects' masks.
    SESSION_OBJECTS = 1 << 1,
    /// The picture that is taken from.
    SESSION_REFERENCE = 1 << 2,
    /// What of it all is looked at, and by which tool.
    SESSION_SIGHT = 1 << 3,
    /// There is another result.
    SESSION_RESULT = 1 << 4,
    /// What the edit intends, or how far its run is, as a picture.
    SESSION_PREVIEW = 1 << 5,
    SESSION_PROGRESS = 1 << 6,
    /// A run begins or ends.
    SESSION_BUSY = 1 << 7,
    /// The chosen model, and with it the usual values.
    SESSION_MODEL = 1 << 8,
    /// A model was added: `path`.
    SESSION_MODEL_ADDED = 1 << 9,
    SESSION_PROBLEM = 1 << 10,
    /// All frames are edited.
    SESSION_FRAMES = 1 << 11,

    SESSION_WISH_RUN = 1 << 16,
    SESSION_WISH_CANCEL = 1 << 17,
    /// To add the model at `path`.
    SESSION_WISH_ADD_MODEL = 1 << 18,
    SESSION_WISH_INSERT = 1 << 19,
    SESSION_WISH_CLOSE = 1 << 20,
    SESSION_WISH_FIT = 1 << 21,
    /// To edit all frames as the shown result was made.
    SESSION_WISH_FRAMES = 1 << 22,
} SessionEvent;

/// Told of events, one or several in `events`.
typedef void (*SessionListener)(guint events, void *data);

/// What the pointer does on the canvas.
typedef enum Tool { TOOL_PLACE, TOOL_OUTLINE } Tool;

/// What is looked at.
typedef struct Sight {
    Tool tool;
    /// The other picture in place of this one.
    gboolean shows_reference;
    /// The picture as it was, while a button is held.
    gboolean shows_original;
    /// What will change: by the user's wish, and while its numbers are worked on.
    gboolean shows_touched;
    gboolean tunes_touched;
} Sight;

/// The layers that can be taken from.
typedef struct Sources {
    /// Of HostLayer.
    GPtrArray *layers;
    guint chosen;
} Sources;

/// What is selected in the program on one of the pictures, as last read.
typedef struct Selection {
    Mask *mask;
    guint64 stamp;
} Selection;

/// What was found of a sketch, to be shown until something else is.
typedef struct Found {
    /// What it was found by; NULL for nothing.
    Sketch *sketch;
    /// NULL where nothing was.
    Mask *mask;
} Found;

/// The shadow that was found last.
typedef struct Casting {
    /// What casts it; NULL for nothing.
    Mask *object;
    /// NULL where it casts none.
    Mask *shadow;
} Casting;

/// What an edit will change, as a soft mask on the screen's picture; no surface while that is not known.
typedef struct Touched {
    cairo_surface_t *surface;
    /// Where it lies, and how much larger than its own pixels.
    dragon_point corner;
    double scale;
} Touched;

typedef struct Session {
    Host *host;
    Edit *edit;
    Material *material;
    Selection selection;
    Selection reference_selection;
    Found found;
    Found reference_found;
    Casting casting;
    /// Whether an object is still looked for.
    gboolean is_finding;
    /// Whether the object's shadow is.
    gboolean is_finding_shadow;
    /// What was found last of what arrows hold in a region, and whether that is looked for anew.
    Hold hold;
    gboolean is_finding_hold;
    Sources sources;
    Results results;
    /// Whether the image's layers are frames; all of them, once they are edited.
    gboolean is_animation;
    Frames *frames;
    Sight sight;
    /// Of what is drawn and placed; it follows every change of the edit.
    History *history;
    /// Whether the pointer holds something: until it lets go there is nothing to take back.
    gboolean is_held;
    Screen base;
    Screen reference;

    /// What the edit intends, and how far its run is; NULL while it is not known.
    Picture *preview;
    cairo_surface_t *preview_surface;
    Touched touched;
    cairo_surface_t *progress_surface;
    char *progress_words;
    double progress_fraction;

    gboolean is_busy;
    /// Whether there is no model that could run.
    gboolean lacks_model;
    /// The chosen model's own values.
    dragon_parameters usual;
    /// What it is with the edit's LoRA; zeros where they do not go together, and then why not.
    dragon_model_info info;
    char *lora_problem;
    /// What went wrong; NULL for nothing.
    char *problem;
    /// Of SESSION_WISH_ADD_MODEL and SESSION_MODEL_ADDED.
    const char *path;
    GArray *listeners;
} Session;

/// Reads the picture; NULL with a reason where it cannot be read. The edit is the caller's, the material the session's.
Session *session_new(Host *host, Edit *edit, GError **error);
void session_free(Session *session);

void session_listen(Session *session, SessionListener listener, void *data);
void session_tell(Session *session, guint events);

/// The user draws on: what the edit intends comes back in place of a result, and what follows a change happens.
void session_edit_changed(Session *session);
/// The user begins to draw or place something: what changes until the next beginning is taken back at once.
void session_begin_step(Session *session, StepKind kind);
/// Steps of before mean nothing any more.
void session_forget_steps(Session *session);
void session_set_tool(Session *session, Tool tool);
void session_show_reference(Session *session, gboolean shows);
void session_show_original(Session *session, gboolean shows);
/// −1 for the preview.
void session_show_result(Session *session, int index);
/// NULL takes it away.
void session_set_problem(Session *session, const char *problem);
void session_set_progress(Session *session, const char *words, double fraction);
/// Takes the picture over; NULL for none.
void session_set_preview(Session *session, Picture *preview);
/// Takes the mask over; NULL for none. Its box lies on a picture of which the screen's is `scale` times as large.
void session_set_touched(Session *session, Mask *mask, Box box, double scale);
void session_show_touched(Session *session, gboolean shows);
void session_tune_touched(Session *session, gboolean tunes);
/// The edit has another model or LoRA: the usual values are its own. Tells SESSION_MODEL.
void session_take_model(Session *session);
void session_wish_model(Session *session, const char *path);

/// The picture that is looked at, and what was drawn on it.
Screen *session_screen(Session *session);
Sketch *session_sketch(const Session *session);
HostLayer *session_source(const Session *session);
/// Whether the object that is meant is still looked for.
gboolean session_finds(const Session *session);
/// Whether something of the edit is.
gboolean session_waits(const Session *session);
Missing session_missing(const Session *session);
/// Whether the edit as it stands would only give a result again that is there: nothing was made anew in it.
gboolean session_repeats(const Session *session);

#endif
