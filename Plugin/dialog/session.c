#include "session.h"

#include "engine.h"

typedef struct Heard {
    SessionListener listener;
    void *data;
} Heard;

// --- Beginning and end -----------------------------------------------------------------------------------------------

// Places of another picture mean nothing on this one.
static void forget_places(Edit *edit) {
    sketch_clear(edit->sketch);
    sketch_clear(edit->reference_sketch);
    g_array_set_size(edit->arrows, 0);
    edit_put_back(edit);
    edit->frame_shift = (dragon_point){0};
    edit->takes_channels = FALSE;
}

// The layers to take from, beginning with the one of the last time while it is open.
static void list_sources(Session *session) {
    Host *host = session->host;
    session->sources.layers = host->list_layers(host);
    HostLayer *last = host->last_reference(host, session->edit->mode);
    if (last)
        g_ptr_array_find(session->sources.layers, last, &session->sources.chosen);
    if (session->sources.chosen >= session->sources.layers->len)
        session->sources.chosen = 0;
}

Session *session_new(Host *host, Edit *edit, GError **error) {
    Picture *picture = host->read_picture(host, host->base, error);
    if (!picture)
        return NULL;
    Session *session = g_new0(Session, 1);
    session->host = host;
    session->edit = edit;
    session->material = g_new0(Material, 1);
    session->material->picture = picture;
    session->listeners = g_array_new(FALSE, FALSE, sizeof(Heard));
    session->selection.mask = host->read_selection(host, host->base);
    host->selection_changed(host, host->base, &session->selection.stamp);
    session->is_animation = frames_are_there(host);
    edit->edits_frames = edit->edits_frames && session->is_animation;
    results_begin(&session->results);
    screen_set(&session->base, picture);
    forget_places(edit);
    session->history = history_new(edit);
    list_sources(session);
    return session;
}

void session_free(Session *session) {
    results_end(&session->results);
    frames_free(session->frames);
    history_free(session->history);
    screen_clear(&session->base);
    screen_clear(&session->reference);
    session_set_preview(session, NULL);
    session_set_touched(session, NULL, (Box){0}, 1);
    g_clear_pointer(&session->progress_surface, cairo_surface_destroy);
    mask_free(session->selection.mask);
    mask_free(session->reference_selection.mask);
    sketch_free(session->found.sketch);
    sketch_free(session->reference_found.sketch);
    mask_free(session->found.mask);
    mask_free(session->casting.object);
    mask_free(session->casting.shadow);
    hold_clear(&session->hold);
    mask_free(session->reference_found.mask);
    material_clear(session->material);
    g_free(session->material);
    g_ptr_array_unref(session->sources.layers);
    g_array_unref(session->listeners);
    g_free(session->progress_words);
    g_free(session->problem);
    g_free(session->lora_problem);
    g_free(session);
}

// --- Telling ---------------------------------------------------------------------------------------------------------

void session_listen(Session *session, SessionListener listener, void *data) {
    Heard heard = {listener, data};
    g_array_append_val(session->listeners, heard);
}

void session_tell(Session *session, guint events) {
    if (events & SESSION_EDIT)
        history_follow(session->history, session->edit);
    for (guint i = 0; i < session->listeners->len; i++) {
        Heard heard = g_array_index(session->listeners, Heard, i);
        heard.listener(events, heard.data);
    }
}

void session_edit_changed(Session *session) {
    session_show_result(session, -1);
    session_tell(session, SESSION_EDIT);
}

void session_begin_step(Session *session, StepKind kind) {
    history_begin_step(session->history, kind, g_get_monotonic_time());
}

void session_forget_steps(Session *session) {
    history_free(session->history);
    session->history = history_new(session->edit);
}

void session_set_tool(Session *session, Tool tool) {
    if (session->sight.tool == tool)
        return;
    session->sight.tool = tool;
    session_tell(session, SESSION_SIGHT);
}

void session_show_reference(Session *session, gboolean shows) {
    shows = shows && session->reference.picture;
    if (session->sight.shows_reference == shows)
        return;
    session->sight.shows_reference = shows;
    session_tell(session, SESSION_SIGHT);
}

void session_show_original(Session *session, gboolean shows) {
    session->sight.shows_original = shows;
    session_tell(session, SESSION_SIGHT);
}

void session_show_result(Session *session, int index) {
    if (session->results.shown == index)
        return;
    session->results.shown = index;
    session_tell(session, SESSION_SIGHT);
}

void session_set_problem(Session *session, const char *problem) {
    char *old = session->problem;
    session->problem = g_strdup(problem);
    if (g_strcmp0(old, problem) != 0)
        session_tell(session, SESSION_PROBLEM);
    g_free(old);
}

void session_set_progress(Session *session, const char *words, double fraction) {
    g_free(session->progress_words);
    session->progress_words = g_strdup(words);
    session->progress_fraction = fraction;
    session_tell(session, SESSION_PROGRESS);
}

void session_set_preview(Session *session, Picture *preview) {
    picture_free(session->preview);
    g_clear_pointer(&session->preview_surface, cairo_surface_destroy);
    session->preview = preview;
    session->preview_surface = preview ? screen_surface(preview) : NULL;
}

void session_set_touched(Session *session, Mask *mask, Box box, double scale) {
    Touched *touched = &session->touched;
    g_clear_pointer(&touched->surface, cairo_surface_destroy);
    if (mask)
        *touched = (Touched){screen_alpha(mask), {box.x * scale, box.y * scale}, scale};
    mask_free(mask);
}

void session_show_touched(Session *session, gboolean shows) {
    session->sight.shows_touched = shows;
    session_tell(session, SESSION_SIGHT);
}

void session_tune_touched(Session *session, gboolean tunes) {
    session->sight.tunes_touched = tunes;
    session_tell(session, SESSION_SIGHT);
}

void session_take_model(Session *session) {
    session->usual = engine_usual(session->edit->model, session->edit->mode);
    char *problem = NULL;
    engine_inspect(session->edit, &session->info, &problem);
    // Of a model alone the list of models says it.
    g_free(session->lora_problem);
    session->lora_problem = session->edit->lora[0] ? g_strdup(problem) : NULL;
    g_free(problem);
    session_tell(session, SESSION_MODEL);
}

void session_wish_model(Session *session, const char *path) {
    session->path = path;
    session_tell(session, SESSION_WISH_ADD_MODEL);
    session->path = NULL;
}

// --- What follows from it --------------------------------------------------------------------------------------------

Screen *session_screen(Session *session) {
    return session->sight.shows_reference ? &session->reference : &session->base;
}

Sketch *session_sketch(const Session *session) {
    return session->sight.shows_reference ? session->edit->reference_sketch : session->edit->sketch;
}

HostLayer *session_source(const Session *session) {
    const Sources *sources = &session->sources;
    return sources->chosen < sources->layers->len ? g_ptr_array_index(sources->layers, sources->chosen) : NULL;
}

gboolean session_finds(const Session *session) {
    return session->is_finding || session->is_finding_hold;
}

gboolean session_waits(const Session *session) {
    return session_finds(session) || (session->is_finding_shadow && edit_takes_shadow(session->edit));
}

Missing session_missing(const Session *session) {
    return request_missing(session->edit, session->material);
}

gboolean session_repeats(const Session *session) {
    const Outcome *same =
        results_find(&session->results, session->edit, session->material, session->sources.chosen, FALSE);
    return same && same->made_pixels == 0;
}
