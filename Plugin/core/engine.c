#include "engine.h"

#include <math.h>
#include <string.h>
#include "words.h"

struct Engine {
    /// Guards the handle, which a cancel uses from another thread.
    GMutex lock;
    dragon_model *model;
    /// What it was opened from.
    char *source;
};

Engine *engine_new(void) {
    Engine *engine = g_new0(Engine, 1);
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

// A seed that is not set is drawn.
static void draw_seed(Edit *edit) {
    if (isnan(edit->options.at[OPTION_SEED]))
        edit->options.at[OPTION_SEED] = g_random_int();
}

dragon_result *engine_run(Engine *engine, Edit *edit, const Material *material, dragon_progress_callback progress,
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

gboolean engine_run_frames(Engine *engine, Edit *const *edits, const Material *materials, guint count,
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
