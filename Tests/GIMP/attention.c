// The plug-in's plain C: a model looks at a picture only while no edit runs, and only where it can tell.
#include <string.h>
#include "check.h"
#include "engine.h"
#include "words.h"

// --- The engine, as far as this needs it -----------------------------------------------------------------------------

static gint opened, looks, edits, is_cancelled, is_looking, overlaps;

static int32_t go_on(dragon_progress_callback progress, void *data) {
    dragon_progress told = {.size = sizeof told};
    return progress(&told, data);
}

dragon_status dragon_model_open_with(const char *path, const dragon_model_options *options, dragon_model **model) {
    static char memory[4];
    (void)path;
    *model = (dragon_model *)(void *)memory;
    g_atomic_int_inc(&opened);
    return go_on(options->progress, options->user_data) ? DRAGON_CANCELLED : DRAGON_OK;
}

void dragon_model_close(dragon_model *model) {
    (void)model;
}

dragon_status dragon_model_cancel(dragon_model *model) {
    (void)model;
    g_atomic_int_set(&is_cancelled, TRUE);
    return DRAGON_OK;
}

// Without an end of its own.
dragon_status dragon_selector_attend(dragon_selector *selector, dragon_model *model, dragon_progress_callback progress,
                                     void *user_data) {
    (void)selector;
    (void)model;
    g_atomic_int_set(&is_cancelled, FALSE);
    g_atomic_int_set(&is_looking, TRUE);
    g_atomic_int_inc(&looks);
    while (!g_atomic_int_get(&is_cancelled) && !go_on(progress, user_data))
        g_usleep(1000);
    g_usleep(20000);
    g_atomic_int_set(&is_looking, FALSE);
    return DRAGON_CANCELLED;
}

dragon_status dragon_edit(dragon_model *model, const dragon_request *request, dragon_result **result) {
    (void)model;
    (void)request;
    *result = NULL;
    g_atomic_int_inc(&edits);
    for (int i = 0; i < 30; i++) {
        g_atomic_int_add(&overlaps, g_atomic_int_get(&is_looking));
        g_usleep(1000);
    }
    return DRAGON_OK;
}

dragon_status dragon_parameters_default(dragon_model *model, dragon_mode mode, dragon_parameters *parameters) {
    (void)model;
    (void)mode;
    (void)parameters;
    return DRAGON_OK;
}

// What is not asked.
dragon_status dragon_edit_frames(dragon_model *model, const dragon_request *const *requests, size_t count,
                                 dragon_result **results) {
    (void)model, (void)requests, (void)count, (void)results;
    return DRAGON_BAD_INPUT;
}
dragon_status dragon_edit_estimate(dragon_model *model, const dragon_request *request, dragon_estimate *estimate) {
    (void)model, (void)request, (void)estimate;
    return DRAGON_BAD_INPUT;
}
dragon_status dragon_preview(const dragon_request *request, dragon_result **result, char *message, size_t size) {
    (void)request, (void)result, (void)message, (void)size;
    return DRAGON_BAD_INPUT;
}
dragon_status dragon_model_inspect(const char *path, const dragon_model_options *options, dragon_model_info *info,
                                   char *message, size_t size) {
    (void)path, (void)options, (void)info, (void)message, (void)size;
    return DRAGON_BAD_INPUT;
}
dragon_status dragon_parameters_of(const char *path, dragon_mode mode, dragon_parameters *parameters) {
    (void)path, (void)mode, (void)parameters;
    return DRAGON_BAD_INPUT;
}
size_t dragon_model_message(dragon_model *model, char *buffer, size_t size) {
    (void)model, (void)buffer, (void)size;
    return 0;
}
const char *dragon_status_text(dragon_status status) {
    (void)status;
    return "a status";
}
dragon_status dragon_result_describe(dragon_result *result, dragon_result_info *info) {
    (void)result, (void)info;
    return DRAGON_BAD_INPUT;
}
dragon_status dragon_result_pixels(dragon_result *result, dragon_pixel_format format, void *pixels, int64_t stride) {
    (void)result, (void)format, (void)pixels, (void)stride;
    return DRAGON_BAD_INPUT;
}
dragon_status dragon_result_mask(dragon_result *result, uint8_t *pixels, int64_t stride) {
    (void)result, (void)pixels, (void)stride;
    return DRAGON_BAD_INPUT;
}
dragon_status dragon_result_extent(dragon_result *result, uint8_t *pixels, int64_t stride) {
    (void)result, (void)pixels, (void)stride;
    return DRAGON_BAD_INPUT;
}

// --- The tests -------------------------------------------------------------------------------------------------------

typedef struct Watcher {
    Engine *engine;
    Edit *edit;
    gint is_stopped;
    dragon_status status;
} Watcher;

static gpointer watch(gpointer data) {
    Watcher *watcher = data;
    watcher->status = engine_attend(watcher->engine, watcher->edit, (dragon_selector *)data, &watcher->is_stopped);
    return NULL;
}

static void await(const gint *flag) {
    while (!g_atomic_int_get(flag))
        g_usleep(1000);
}

static int32_t note(const dragon_progress *progress, void *data) {
    (void)progress;
    (void)data;
    return 0;
}

static void run(Engine *engine, Edit *edit) {
    Picture *picture = picture_new(4, 4, DRAGON_RGBA_U8);
    Material material = {.picture = picture};
    GError *error = NULL;
    engine_run(engine, edit, &material, note, NULL, &error);
    CHECK(!error);
    g_clear_error(&error);
    picture_free(picture);
}

// The numbers of the model in the box, of Stable Diffusion 1.5, and of none.
static void test_models(void) {
    CHECK(!engine_can_attend(&(dragon_model_info){.parameter_count = 9000000}));
    CHECK(engine_can_attend(&(dragon_model_info){.parameter_count = 1066000000}));
    CHECK(!engine_can_attend(&(dragon_model_info){0}));
}

static void test_stop(Engine *engine, Edit *edit) {
    Watcher watcher = {.engine = engine, .edit = edit};
    GThread *thread = g_thread_new("watch", watch, &watcher);
    await(&is_looking);
    g_atomic_int_set(&watcher.is_stopped, TRUE);
    engine_hurry(engine);
    g_thread_join(thread);
    CHECK(watcher.status == DRAGON_CANCELLED && looks == 1 && opened == 1);
    // Stopped before it began.
    watch(&watcher);
    CHECK(watcher.status == DRAGON_CANCELLED && looks == 1);
}

// An edit ends the look, and waits for its end.
static void test_room(Engine *engine, Edit *edit) {
    Watcher watcher = {.engine = engine, .edit = edit};
    GThread *thread = g_thread_new("watch", watch, &watcher);
    await(&is_looking);
    run(engine, edit);
    g_thread_join(thread);
    CHECK(watcher.status == DRAGON_CANCELLED && edits == 1 && overlaps == 0 && opened == 1);
}

static gpointer run_alone(gpointer data) {
    Watcher *watcher = data;
    run(watcher->engine, watcher->edit);
    return NULL;
}

// None begins beside an edit.
static void test_busy(Engine *engine, Edit *edit) {
    Watcher watcher = {.engine = engine, .edit = edit};
    gint before = looks;
    edits = 0;
    GThread *thread = g_thread_new("run", run_alone, &watcher);
    await(&edits);
    CHECK(engine_attend(engine, edit, NULL, &watcher.is_stopped) == DRAGON_BUSY && looks == before);
    g_thread_join(thread);
}

int main(void) {
    Engine *engine = engine_new();
    Edit *edit = edit_new(mode_of(DRAGON_REMOVE));
    test_models();
    test_stop(engine, edit);
    test_room(engine, edit);
    test_busy(engine, edit);
    edit_free(edit);
    engine_free(engine);
    printf("attention: %d checks, %d failures\n", checks, failures);
    return failures ? 1 : 0;
}
