#include "engine.h"

#include <math.h>
#include <string.h>
#include "words.h"

struct Engine {
    /// Held by what uses the model.
    GMutex use;
    /// Guards what another thread asks about.
    GMutex lock;
    dragon_model *model;
    /// Whether what holds it looks at a picture, for which no run waits; and the runs that wait for it all the same.
    gboolean attends;
    gint waiting;
    /// What it was opened from.
    char *source;
};

Engine *engine_new(void) {
    Engine *engine = g_new0(Engine, 1);
    g_mutex_init(&engine->use);
    g_mutex_init(&engine->lock);
    return engine;
}

static void set_model(Engine *engine, dragon_model *model, const char *source) {
    g_mutex_lock(&engine->lock);
    dragon_model *old = engine->model;
    engine->model = model;
    g_mutex_unlock(&engine->lock);
    g_free(engine->source);
    engine->source = g_strdup(source);
    if (old)
        dragon_model_close(old);
}

void engine_free(Engine *engine) {
    if (!engine)
        return;
    set_model(engine, NULL, NULL);
    g_free(engine->source);
    g_mutex_clear(&engine->lock);
    g_mutex_clear(&engine->use);
    g_free(engine);
}

void engine_cancel(Engine *engine) {
    g_mutex_lock(&engine->lock);
    if (engine->model)
        dragon_model_cancel(engine->model);
    g_mutex_unlock(&engine->lock);
}

// The engine's own words, or what its status says where it has none.
static void set_error(GError **error, dragon_model *model, dragon_status status) {
    char message[1024] = "";
    if (model)
        dragon_model_message(model, message, sizeof message);
    int code = status == DRAGON_CANCELLED ? WORDS_ERROR_CANCELLED : 0;
    g_set_error_literal(error, WORDS_ERROR, code, message[0] ? message : dragon_status_text(status));
}

// What is added to the edit's model; `lora` is where it points to.
static dragon_model_options additions_of(const Edit *edit, dragon_lora *lora) {
    *lora = (dragon_lora){edit->lora, edit->lora_scale};
    dragon_model_options options = {.size = sizeof options, .loras = lora, .lora_count = edit->lora[0] != 0};
    return options;
}

static const char *path_of(const Edit *edit) {
    return edit->model[0] ? edit->model : NULL;
}

static gboolean open_source(Engine *engine, const Edit *edit, const char *source, dragon_progress_callback progress,
                            void *user_data, GError **error) {
    // Freed first: two models at once may not fit.
    set_model(engine, NULL, NULL);
    dragon_model *model = NULL;
    dragon_lora lora;
    dragon_model_options options = additions_of(edit, &lora);
    options.progress = progress;
    options.user_data = user_data;
    dragon_status status = dragon_model_open_with(path_of(edit), &options, &model);
    if (status == DRAGON_OK) {
        set_model(engine, model, source);
        return TRUE;
    }
    set_error(error, model, status);
    if (model)
        dragon_model_close(model);
    return FALSE;
}

static gboolean open_model(Engine *engine, const Edit *edit, dragon_progress_callback progress, void *user_data,
                           GError **error) {
    char *source = g_strdup_printf("%s\n%s\n%g", edit->model, edit->lora, edit->lora_scale);
    gboolean is_open = engine->model && g_strcmp0(engine->source, source) == 0;
    gboolean good = is_open || open_source(engine, edit, source, progress, user_data, error);
    g_free(source);
    return good;
}

gboolean engine_inspect(const Edit *edit, dragon_model_info *info, char **problem) {
    char message[1024] = "";
    dragon_lora lora;
    dragon_model_options options = additions_of(edit, &lora);
    *info = (dragon_model_info){.size = sizeof *info};
    dragon_status status = dragon_model_inspect(path_of(edit), &options, info, message, sizeof message);
    *problem = status == DRAGON_OK ? NULL : g_strdup(message[0] ? message : dragon_status_text(status));
    if (*problem)
        *info = (dragon_model_info){0};
    return !*problem;
}

// What the engine is asked: the edit on its pixels, under the model's parameters and the user's over them. The
// published ones without a model. request_clear frees it.
static dragon_status prepare(Request *request, dragon_model *model, const Edit *edit, const Material *material,
                             double scale, double reference_scale) {
    request_fill(request, edit, material, scale, reference_scale);
    dragon_parameters *parameters = &request->parameters;
    *parameters = (dragon_parameters){.size = sizeof *parameters};
    dragon_status status = dragon_parameters_default(model, edit->mode->mode, parameters);
    options_apply(&edit->options, parameters);
    // Margins are in the full picture's pixels.
    parameters->grow *= (float)scale;
    parameters->feather *= (float)scale;
    parameters->soften *= (float)scale;
    request->engine.parameters = parameters;
    return status;
}

// --- Looking at a picture --------------------------------------------------------------------------------------------

gboolean engine_can_attend(const dragon_model_info *info) {
    // Any Stable Diffusion has ten times as many; what a smaller network attends to was found to tell objects worse than colours.
    static const guint64 least_parameters = 100000000;
    return info->parameter_count >= least_parameters;
}

static void set_attends(Engine *engine, gboolean attends) {
    g_mutex_lock(&engine->lock);
    engine->attends = attends;
    g_mutex_unlock(&engine->lock);
}

/// What ends a look at a picture.
typedef struct End {
    Engine *engine;
    const gint *is_stopped;
} End;

static int32_t is_ended(const dragon_progress *progress, void *data) {
    (void)progress;
    const End *end = data;
    return g_atomic_int_get(end->is_stopped) || g_atomic_int_get(&end->engine->waiting) > 0;
}

static dragon_status attend(Engine *engine, const Edit *edit, dragon_selector *selector, End *end) {
    GError *error = NULL;
    if (open_model(engine, edit, is_ended, end, &error))
        return dragon_selector_attend(selector, engine->model, is_ended, end);
    dragon_status status = error->code == WORDS_ERROR_CANCELLED ? DRAGON_CANCELLED : DRAGON_BAD_MODEL;
    g_error_free(error);
    return status;
}

dragon_status engine_attend(Engine *engine, const Edit *edit, dragon_selector *selector, const gint *is_stopped) {
    if (!g_mutex_trylock(&engine->use))
        return DRAGON_BUSY;
    End end = {engine, is_stopped};
    set_attends(engine, TRUE);
    dragon_status status = is_ended(NULL, &end) ? DRAGON_CANCELLED : attend(engine, edit, selector, &end);
    set_attends(engine, FALSE);
    g_mutex_unlock(&engine->use);
    return status;
}

void engine_hurry(Engine *engine) {
    g_mutex_lock(&engine->lock);
    if (engine->attends && engine->model)
        dragon_model_cancel(engine->model);
    g_mutex_unlock(&engine->lock);
}

// For a run: what looks at a picture makes room.
static void take(Engine *engine) {
    g_atomic_int_inc(&engine->waiting);
    engine_hurry(engine);
    g_mutex_lock(&engine->use);
    g_atomic_int_add(&engine->waiting, -1);
}

// --- Runs ------------------------------------------------------------------------------------------------------------

// A seed that is not set is drawn.
static void draw_seed(Edit *edit) {
    if (isnan(edit->options.at[OPTION_SEED]))
        edit->options.at[OPTION_SEED] = g_random_int();
}

static dragon_result *run(Engine *engine, Edit *edit, const Material *material, dragon_progress_callback progress,
                          void *user_data, GError **error) {
    if (!open_model(engine, edit, progress, user_data, error))
        return NULL;
    draw_seed(edit);
    Request request;
    dragon_status status = prepare(&request, engine->model, edit, material, 1, 1);
    request.engine.progress = progress;
    request.engine.user_data = user_data;
    dragon_result *result = NULL;
    if (status == DRAGON_OK)
        status = dragon_edit(engine->model, &request.engine, &result);
    if (status != DRAGON_OK)
        set_error(error, engine->model, status);
    request_clear(&request);
    return result;
}

dragon_result *engine_run(Engine *engine, Edit *edit, const Material *material, dragon_progress_callback progress,
                          void *user_data, GError **error) {
    take(engine);
    dragon_result *result = run(engine, edit, material, progress, user_data, error);
    g_mutex_unlock(&engine->use);
    return result;
}

static gboolean run_frames(Engine *engine, Edit *const *edits, const Material *materials, guint count,
                           dragon_progress_callback progress, void *user_data, dragon_result **results,
                           GError **error) {
    if (!open_model(engine, edits[0], progress, user_data, error))
        return FALSE;
    draw_seed(edits[0]);
    Request *requests = g_new0(Request, count);
    const dragon_request **asked = g_new0(const dragon_request *, count);
    dragon_status status = DRAGON_OK;
    for (guint i = 0; i < count && status == DRAGON_OK; i++) {
        status = prepare(&requests[i], engine->model, edits[i], &materials[i], 1, 1);
        asked[i] = &requests[i].engine;
    }
    requests[0].engine.progress = progress;
    requests[0].engine.user_data = user_data;
    if (status == DRAGON_OK)
        status = dragon_edit_frames(engine->model, asked, count, results);
    if (status != DRAGON_OK)
        set_error(error, engine->model, status);
    for (guint i = 0; i < count; i++)
        request_clear(&requests[i]);
    g_free(requests);
    g_free(asked);
    return status == DRAGON_OK;
}

gboolean engine_run_frames(Engine *engine, Edit *const *edits, const Material *materials, guint count,
                           dragon_progress_callback progress, void *user_data, dragon_result **results,
                           GError **error) {
    take(engine);
    gboolean good = run_frames(engine, edits, materials, count, progress, user_data, results, error);
    g_mutex_unlock(&engine->use);
    return good;
}

dragon_result *engine_preview(const Edit *edit, const Material *material, double scale, double reference_scale) {
    Request request;
    dragon_result *result = NULL;
    if (prepare(&request, NULL, edit, material, scale, reference_scale) == DRAGON_OK)
        dragon_preview(&request.engine, &result, NULL, 0);
    request_clear(&request);
    return result;
}

static dragon_result_info info_of(dragon_result *result) {
    dragon_result_info info = {.size = sizeof info};
    if (dragon_result_describe(result, &info) != DRAGON_OK)
        return (dragon_result_info){0};
    return info;
}

guint64 engine_result_made_pixels(dragon_result *result) {
    return info_of(result).made_pixels;
}

Box engine_result_box(dragon_result *result) {
    dragon_result_info info = info_of(result);
    return (Box){info.x, info.y, info.width, info.height};
}

Picture *engine_result_picture(dragon_result *result, dragon_pixel_format format) {
    Box box = engine_result_box(result);
    Picture *picture = picture_new(box.width, box.height, format);
    dragon_result_pixels(result, format, picture->pixels, 0);
    return picture;
}

Mask *engine_result_mask(dragon_result *result) {
    Box box = engine_result_box(result);
    Mask *mask = mask_new(box.width, box.height);
    dragon_result_mask(result, mask->bytes, 0);
    return mask;
}

Mask *engine_result_extent(dragon_result *result) {
    Box box = engine_result_box(result);
    Mask *mask = mask_new(box.width, box.height);
    dragon_result_extent(result, mask->bytes, 0);
    return mask;
}

Picture *engine_result_over(const Picture *picture, dragon_result *result, double scale) {
    Picture *part = engine_result_picture(result, DRAGON_RGBA_U8), *all = picture_copy(picture);
    Mask *mask = engine_result_mask(result);
    picture_lay(all, part, mask, engine_result_box(result), 1 / scale);
    picture_free(part);
    mask_free(mask);
    return all;
}

gboolean engine_area(Engine *engine, const Edit *edit, const Material *material, Box *box) {
    dragon_estimate found = {.size = sizeof found};
    Request request;
    gboolean good = prepare(&request, engine->model, edit, material, 1, 1) == DRAGON_OK &&
                    dragon_edit_estimate(engine->model, &request.engine, &found) == DRAGON_OK;
    request_clear(&request);
    if (good)
        *box = (Box){found.box_x, found.box_y, found.box_width, found.box_height};
    return good;
}

dragon_parameters engine_usual(const char *path, const Mode *mode) {
    dragon_parameters parameters = {.size = sizeof parameters};
    if (dragon_parameters_of(path && path[0] ? path : NULL, mode->mode, &parameters) != DRAGON_OK) {
        parameters = (dragon_parameters){.size = sizeof parameters};
        dragon_parameters_default(NULL, mode->mode, &parameters);
    }
    return parameters;
}
