#include "worker.h"

#include <math.h>
#include <string.h>
#include "words.h"

struct Worker {
    GThread *thread;
    WorkerTask task;
    Edit *edit;
    Material material;
    double scale, reference_scale;
    WorkerModel *model;
    char *source;
    gint is_cancelled;

    GMutex lock;
    // Under the lock.
    WorkerState state;
    Picture *preview;
    Box box;

    // Of the thread until it has ended.
    dragon_status status;
    dragon_result *result;
    char text[4096];
    char message[1024];
};

void worker_model_close(WorkerModel *model) {
    dragon_model_close(model->handle);
    g_free(model->path);
    *model = (WorkerModel){0};
}

static Picture *copy_of_preview(const dragon_picture *preview) {
    if (!preview->pixels || preview->format != DRAGON_RGBA_U8)
        return NULL;
    Picture *picture = picture_new(preview->width, preview->height, DRAGON_RGBA_U8);
    gsize row = (gsize)preview->width * 4, stride = preview->stride ? (gsize)preview->stride : row;
    for (int y = 0; y < preview->height; y++)
        memcpy((guint8 *)picture->pixels + y * row, (const guint8 *)preview->pixels + y * stride, row);
    return picture;
}

static int32_t note(const dragon_progress *progress, void *data) {
    Worker *worker = data;
    Picture *picture = copy_of_preview(&progress->preview);
    g_mutex_lock(&worker->lock);
    WorkerState *state = &worker->state;
    state->phase = progress->phase;
    state->step = progress->step;
    state->total = progress->total;
    state->fraction = progress->fraction;
    state->seconds_left = progress->seconds_left;
    state->is_loading = FALSE;
    if (picture) {
        picture_free(worker->preview);
        worker->preview = picture;
    }
    g_mutex_unlock(&worker->lock);
    return g_atomic_int_get(&worker->is_cancelled);
}

// --- On the thread ---------------------------------------------------------------------------------------------------

static gboolean load(Worker *worker) {
    WorkerModel *model = worker->model;
    if (model->handle && strcmp(model->path, worker->edit->model) == 0)
        return TRUE;
    worker_model_close(model);
    model->path = g_strdup(worker->edit->model);
    worker->status = dragon_model_open(model->path[0] ? model->path : NULL, 0, &model->handle);
    if (worker->status == DRAGON_OK)
        return TRUE;
    if (!dragon_model_message(model->handle, worker->message, sizeof worker->message))
        g_strlcpy(worker->message, dragon_status_text(worker->status), sizeof worker->message);
    worker_model_close(model);
    return FALSE;
}

static void estimate(Worker *worker, const dragon_request *request) {
    dragon_estimate found = {.size = sizeof found};
    if (dragon_edit_estimate(worker->model->handle, request, &found) != DRAGON_OK)
        return;
    g_mutex_lock(&worker->lock);
    worker->box = (Box){found.box_x, found.box_y, found.box_width, found.box_height};
    g_mutex_unlock(&worker->lock);
}

static void edit(Worker *worker) {
    if (!load(worker))
        return;
    dragon_model *model = worker->model->handle;
    dragon_parameters parameters = {.size = sizeof parameters};
    Request request;
    request_fill(&request, worker->edit, &worker->material, 1, 1);
    worker->status = dragon_parameters_default(model, worker->edit->mode, &parameters);
    options_apply(&worker->edit->options, &parameters);
    request.engine.parameters = &parameters;
    request.engine.progress = note;
    request.engine.user_data = worker;
    if (worker->status == DRAGON_OK && !g_atomic_int_get(&worker->is_cancelled)) {
        estimate(worker, &request.engine);
        worker->status = dragon_edit(model, &request.engine, &worker->result);
    } else if (worker->status == DRAGON_OK)
        worker->status = DRAGON_CANCELLED;
    if (worker->status != DRAGON_OK)
        dragon_model_message(model, worker->message, sizeof worker->message);
    request_clear(&request);
}

static void preview(Worker *worker) {
    dragon_parameters parameters = {.size = sizeof parameters};
    Request request;
    request_fill(&request, worker->edit, &worker->material, worker->scale, worker->reference_scale);
    dragon_parameters_default(NULL, worker->edit->mode, &parameters);
    options_apply(&worker->edit->options, &parameters);
    request.engine.parameters = &parameters;
    worker->status = dragon_preview(&request.engine, &worker->result, worker->message, sizeof worker->message);
    request_clear(&request);
}

static gpointer work(gpointer data) {
    Worker *worker = data;
    if (worker->task == WORKER_EDIT)
        edit(worker);
    else if (worker->task == WORKER_PREVIEW)
        preview(worker);
    else
        worker->status = dragon_model_add(worker->source, note, worker, worker->text, sizeof worker->text,
                                          worker->message, sizeof worker->message);
    g_mutex_lock(&worker->lock);
    worker->state.is_done = TRUE;
    g_mutex_unlock(&worker->lock);
    return NULL;
}

// --- From the main thread --------------------------------------------------------------------------------------------

static Worker *started(Worker *worker) {
    g_mutex_init(&worker->lock);
    worker->state.is_loading = worker->task == WORKER_EDIT;
    worker->state.seconds_left = -1;
    worker->thread = g_thread_new("dragon", work, worker);
    return worker;
}

Worker *worker_start(WorkerTask task, const Edit *edit, const Material *material, double scale, double reference_scale,
                     WorkerModel *model) {
    Worker *worker = g_new0(Worker, 1);
    worker->task = task;
    worker->edit = edit_copy(edit);
    worker->material = *material;
    worker->material.mask = mask_copy(material->mask);
    worker->material.reference_mask = mask_copy(material->reference_mask);
    worker->scale = scale;
    worker->reference_scale = reference_scale;
    worker->model = model;
    return started(worker);
}

Worker *worker_start_adding(const char *source) {
    Worker *worker = g_new0(Worker, 1);
    worker->task = WORKER_ADD_MODEL;
    worker->source = g_strdup(source);
    return started(worker);
}

WorkerState worker_state(Worker *worker) {
    g_mutex_lock(&worker->lock);
    WorkerState state = worker->state;
    g_mutex_unlock(&worker->lock);
    return state;
}

Picture *worker_take_preview(Worker *worker, Box *box) {
    g_mutex_lock(&worker->lock);
    Picture *picture = worker->preview;
    worker->preview = NULL;
    *box = worker->box;
    g_mutex_unlock(&worker->lock);
    return picture;
}

void worker_cancel(Worker *worker) {
    // The callback sees this at the next step, and the model's own cancel is quicker within one; while the model is
    // still being loaded its handle belongs to the thread.
    g_atomic_int_set(&worker->is_cancelled, 1);
    WorkerState state = worker_state(worker);
    if (worker->task == WORKER_EDIT && !state.is_loading)
        dragon_model_cancel(worker->model->handle);
}

dragon_status worker_finish(Worker *worker, dragon_result **result, char **text, char **message) {
    g_thread_join(worker->thread);
    dragon_status status = worker->status;
    *result = worker->result;
    if (text)
        *text = g_strdup(worker->text);
    *message = g_strdup(worker->message[0] ? worker->message : dragon_status_text(status));
    g_mutex_clear(&worker->lock);
    mask_free(worker->material.mask);
    mask_free(worker->material.reference_mask);
    picture_free(worker->preview);
    edit_free(worker->edit);
    g_free(worker->source);
    g_free(worker);
    return status;
}
