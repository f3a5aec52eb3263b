#include "runs.h"

#include <math.h>
#include "objects.h"
#include "pace.h"
#include "words.h"
#include "worker.h"

// How often the worker is asked how far it is.
static const guint POLL_MILLISECONDS = 60;
// A pixel of the preview that differs less from the picture is the same.
static const int TOLERANCE = 3;
// How far around what differs a run is shown, in the screen picture's pixels.
static const int AROUND = 6;

struct Runs {
    Session *session;
    /// The worker's while one runs.
    Engine *engine;
    Worker *worker;
    /// Whether the worker adds a model.
    gboolean adds;
    /// What it edits of all frames; NULL while it does not.
    Frames *frames;
    guint timer;
    Pace pace;
    /// Where the preview differs from the picture; NULL while that is not known.
    cairo_surface_t *changed;
};

// --- How far it is ---------------------------------------------------------------------------------------------------

static const char *phase_words(dragon_phase phase) {
    static const char *const words[] = {
        [DRAGON_PHASE_ENCODE] = N_("Reading the picture"), [DRAGON_PHASE_INVERT] = N_("Finding its noise"),
        [DRAGON_PHASE_SAMPLE] = N_("Making the change"),   [DRAGON_PHASE_DECODE] = N_("Finishing"),
        [DRAGON_PHASE_ASSEMBLE] = N_("Finishing"),         [DRAGON_PHASE_FETCH] = N_("Adding the model"),
        [DRAGON_PHASE_CHECK] = N_("Checking the model"),   [DRAGON_PHASE_FILL] = N_("Filling the old place"),
        [DRAGON_PHASE_LOAD] = N_("Loading the model"),
    };
    return phase >= 0 && phase < (int)G_N_ELEMENTS(words) ? _(words[phase]) : "";
}

static void show_state(Runs *runs, WorkerState state) {
    GString *text =
        g_string_new(runs->adds && state.phase == DRAGON_PHASE_LOAD ? _("Adding the model") : phase_words(state.phase));
    double left = pace_left(&runs->pace, state.fraction, state.seconds_left, g_get_monotonic_time() / 1e6);
    if (state.total > 1 && (state.phase == DRAGON_PHASE_INVERT || state.phase == DRAGON_PHASE_SAMPLE))
        g_string_append_printf(text, _(" — step %d of %d"), state.step, state.total);
    if (left >= 60)
        g_string_append_printf(text, _(" — about %.0f min left"), ceil(left / 60));
    else if (left >= 0)
        g_string_append_printf(text, _(" — about %.0f s left"), ceil(left));
    session_set_progress(runs->session, text->str, CLAMP(state.fraction, 0, 1));
    g_string_free(text, TRUE);
}

// Where the picture will change, by the preview; NULL where that shows no change.
static cairo_surface_t *changed_of(const Session *session) {
    if (!session->preview)
        return NULL;
    Box box;
    cairo_surface_t *surface = NULL;
    Mask *differs = picture_difference(session->base.picture, session->preview, TOLERANCE);
    if (mask_bounds(differs, &box)) {
        Mask *grown = mask_grown(differs, AROUND);
        surface = screen_alpha(grown);
        mask_free(grown);
    }
    mask_free(differs);
    return surface;
}

// What a run begins with to be drawn on: the preview, else the picture.
static cairo_surface_t *copy_of_shown(const Session *session) {
    cairo_surface_t *from = session->preview_surface ? session->preview_surface : session->base.surface;
    cairo_surface_t *copy = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, cairo_image_surface_get_width(from),
                                                       cairo_image_surface_get_height(from));
    cairo_t *cairo = cairo_create(copy);
    cairo_set_source_surface(cairo, from, 0, 0);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    return copy;
}

static void draw_part(Runs *runs, const Picture *picture, Box box) {
    Session *session = runs->session;
    double scale = session->base.scale;
    cairo_surface_t *part = screen_surface(picture);
    cairo_t *cairo = cairo_create(session->progress_surface);
    cairo_rectangle(cairo, box.x * scale, box.y * scale, box.width * scale, box.height * scale);
    cairo_clip(cairo);
    cairo_translate(cairo, box.x * scale, box.y * scale);
    cairo_scale(cairo, box.width * scale / picture->width, box.height * scale / picture->height);
    cairo_set_source_surface(cairo, part, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BILINEAR);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
    cairo_identity_matrix(cairo);
    if (runs->changed)
        cairo_mask_surface(cairo, runs->changed, 0, 0);
    else
        cairo_paint(cairo);
    cairo_destroy(cairo);
    cairo_surface_destroy(part);
}

// The intermediate picture, laid over what the edit intends where that changes the picture.
static void show_intermediate(Runs *runs) {
    Session *session = runs->session;
    Box box;
    Picture *picture = worker_take_preview(runs->worker, &box);
    if (picture && box.width > 0) {
        if (!session->progress_surface) {
            session->progress_surface = copy_of_shown(session);
            runs->changed = changed_of(session);
        }
        draw_part(runs, picture, box);
        session_tell(session, SESSION_PREVIEW);
    }
    picture_free(picture);
}

// --- Its end ---------------------------------------------------------------------------------------------------------

static void take_model(Runs *runs, const char *path) {
    runs->session->path = path;
    session_tell(runs->session, SESSION_MODEL_ADDED);
    runs->session->path = NULL;
}

// All frames are edited, or none.
static void take_frames(Runs *runs, gboolean are_edited) {
    Frames *frames = g_steal_pointer(&runs->frames);
    if (!frames || !are_edited) {
        frames_free(frames);
        return;
    }
    runs->session->frames = frames;
    session_tell(runs->session, SESSION_FRAMES);
}

static void finish(Runs *runs) {
    Session *session = runs->session;
    dragon_result *result = NULL;
    Edit *edit = NULL;
    char *text = NULL, *message = NULL;
    dragon_status status = worker_finish(g_steal_pointer(&runs->worker), &result, &edit, &text, &message);
    g_clear_pointer(&session->progress_surface, cairo_surface_destroy);
    g_clear_pointer(&runs->changed, cairo_surface_destroy);
    session->is_busy = FALSE;
    if (result) {
        results_keep(&session->results, result, g_steal_pointer(&edit), session->material, session->sources.chosen,
                     &session->base);
        session_tell(session, SESSION_RESULT | SESSION_SIGHT);
    }
    session_tell(session, SESSION_BUSY);
    if (status == DRAGON_OK && runs->adds)
        take_model(runs, text);
    else if (status != DRAGON_OK && status != DRAGON_CANCELLED)
        session_set_problem(session, message);
    take_frames(runs, status == DRAGON_OK);
    edit_free(edit);
    g_free(text);
    g_free(message);
    objects_look(session);
}

static gboolean poll(gpointer data) {
    Runs *runs = data;
    WorkerState state = worker_state(runs->worker);
    show_state(runs, state);
    show_intermediate(runs);
    if (!state.is_done)
        return G_SOURCE_CONTINUE;
    runs->timer = 0;
    finish(runs);
    return G_SOURCE_REMOVE;
}

// --- Its beginning ---------------------------------------------------------------------------------------------------

static void watch(Runs *runs, Worker *worker, gboolean adds) {
    runs->worker = worker;
    runs->adds = adds;
    runs->pace = (Pace){0};
    runs->timer = g_timeout_add(POLL_MILLISECONDS, poll, runs);
    runs->session->is_busy = TRUE;
    session_set_problem(runs->session, NULL);
    show_state(runs, worker_state(worker));
    session_tell(runs->session, SESSION_BUSY);
}

static void start_edit(Runs *runs) {
    Session *session = runs->session;
    if (runs->worker || session->lacks_model || session_waits(session) || session_missing(session) != MISSING_NOTHING ||
        session_repeats(session))
        return;
    // Another run is another attempt: a seed that was set, and has its result, goes one on; any other is drawn anew.
    double *seed = &session->edit->options.at[OPTION_SEED];
    while (!isnan(*seed) &&
           results_find(&session->results, session->edit, session->material, session->sources.chosen, TRUE))
        *seed = fmod(*seed + 1, OPTIONS[OPTION_SEED].highest);
    session_show_result(session, -1);
    watch(runs, worker_start(session->edit, session->material, runs->engine), FALSE);
}

// The shown result's edit, on the frame where it was made, in the image's pixels; the caller's.
static Edit *edit_on_frame(const Session *session, const Frames *frames, Material *material) {
    const Outcome *outcome = results_shown(&session->results);
    const Picture *frame = frames->materials[frames->active].picture;
    Edit *edit = edit_copy(outcome->edit);
    edit_lay_as(edit, session->edit);
    edit_shift(edit, frames->origin);
    *material = outcome->made_from;
    material->mask =
        mask_placed(outcome->made_from.mask, frame->width, frame->height, (int)frames->origin.x, (int)frames->origin.y);
    return edit;
}

static void start_frames(Runs *runs) {
    Session *session = runs->session;
    Host *host = session->host;
    if (runs->worker || !results_shown(&session->results))
        return;
    if (!host->is_open(host, host->base)) {
        session_set_problem(session, _("The image or its layer was closed in the meantime."));
        return;
    }
    GError *error = NULL;
    Material material;
    Frames *frames = frames_read(host);
    Edit *edit = edit_on_frame(session, frames, &material);
    if (frames_aim(frames, host, edit, &material, &error)) {
        runs->frames = frames;
        watch(runs, worker_start_frames(frames, runs->engine), FALSE);
    } else {
        session_set_problem(session, error->message);
        g_error_free(error);
        frames_free(frames);
    }
    mask_free(material.mask);
    edit_free(edit);
}

static void start_adding(Runs *runs) {
    if (runs->worker)
        return;
    session_show_result(runs->session, -1);
    watch(runs, worker_start_adding(runs->session->path), TRUE);
}

static void cancel(Runs *runs) {
    if (!runs->worker)
        return;
    worker_cancel(runs->worker);
    session_set_progress(runs->session, _("Cancelling…"), runs->session->progress_fraction);
}

static void listen(guint events, void *data) {
    Runs *runs = data;
    if (events & SESSION_WISH_RUN)
        start_edit(runs);
    if (events & SESSION_WISH_FRAMES)
        start_frames(runs);
    if (events & SESSION_WISH_ADD_MODEL)
        start_adding(runs);
    if (events & SESSION_WISH_CANCEL)
        cancel(runs);
}

Runs *runs_new(Session *session, Engine *engine) {
    Runs *runs = g_new0(Runs, 1);
    runs->session = session;
    runs->engine = engine;
    session_listen(session, listen, runs);
    return runs;
}

void runs_free(Runs *runs) {
    if (runs->timer)
        g_source_remove(runs->timer);
    if (runs->worker) {
        worker_cancel(runs->worker);
        worker_free(runs->worker);
    }
    frames_free(runs->frames);
    g_clear_pointer(&runs->changed, cairo_surface_destroy);
    g_free(runs);
}
