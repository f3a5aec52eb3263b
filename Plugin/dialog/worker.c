#include "worker.h"

#include <math.h>
#include <string.h>
#include "words.h"

struct Worker {
    GThread *thread;
    /// Finds the area; NULL until there is a picture of it.
    GThread *area_thread;
    WorkerTask task;
    Edit *edit;
    Material material;
    double scale, reference_scale;
    /// What a preview is laid over.
    Picture *under;
    Engine *engine;
    Frames *frames;
    char *source;
    gint is_cancelled;

    GMutex lock;
    // Under the lock.
    WorkerState state;
    guint running_threads;
    /// What the network sees of the picture; empty until it is found.
    Box area;
    Picture *preview;

    // Of the thread until it has ended: what of a preview is touched, and where that lies.
    Mask *touched;
    Box touched_box;

    // Of the thread until it has ended.
    dragon_status status;
    dragon_result *result;
    char text[4096];
    char message[1024];
};

static Picture *copy_of_preview(const dragon_picture *preview) {
    if (!preview->pixels || preview->format != DRAGON_RGBA_U8)
        return NULL;
    Picture *picture = picture_new(preview->width, preview->height, DRAGON_RGBA_U8);
    gsize row = (gsize)preview->width * 4, stride = preview->stride ? (gsize)preview->stride : row;
    for (int y = 0; y < preview->height; y++)
        memcpy((guint8 *)picture->pixels + y * row, (const guint8 *)preview->pixels + y * stride, row);
    return picture;
}

static void end_thread(Worker *worker) {
    g_mutex_lock(&worker->lock);
    worker->state.is_done = --worker->running_threads == 0;
    g_mutex_unlock(&worker->lock);
}

// On a thread of its own, for in a large picture it takes longer than a step.
static gpointer find_area(gpointer data) {
    Worker *worker = data;
    Box area = {0};
    engine_area(worker->engine, worker->edit, &worker->material, &area);
    g_mutex_lock(&worker->lock);
    worker->area = area;
    g_mutex_unlock(&worker->lock);
    end_thread(worker);
    return NULL;
}

static void start_finding_area(Worker *worker) {
    g_mutex_lock(&worker->lock);
    worker->running_threads++;
    g_mutex_unlock(&worker->lock);
    worker->area_thread = g_thread_new("dragon-area", find_area, worker);
}

static int32_t note(const dragon_progress *progress, void *data) {
    Worker *worker = data;
    // Of other frames there is none to show.
    Picture *picture = worker->task == WORKER_EDIT ? copy_of_preview(&progress->preview) : NULL;
    if (picture && !worker->area_thread)
        start_finding_area(worker);
    g_mutex_lock(&worker->lock);
    WorkerState *state = &worker->state;
    state->phase = progress->phase;
    state->step = progress->step;
    state->total = progress->total;
    state->fraction = progress->fraction;
    state->seconds_left = progress->seconds_left;
    if (picture) {
        picture_free(worker->preview);
        worker->preview = picture;
    }
    g_mutex_unlock(&worker->lock);
    return g_atomic_int_get(&worker->is_cancelled);
}

// --- On the thread ---------------------------------------------------------------------------------------------------

// Why an edit failed, if it did.
static void take_error(Worker *worker, GError *error) {
    if (!error)
        return;
    worker->status = error->code == WORDS_ERROR_CANCELLED ? DRAGON_CANCELLED : DRAGON_BAD_INPUT;
    g_strlcpy(worker->message, error->message, sizeof worker->message);
    g_error_free(error);
}

static void edit(Worker *worker) {
    GError *error = NULL;
    worker->result = engine_run(worker->engine, worker->edit, &worker->material, note, worker, &error);
    take_error(worker, error);
}

static void edit_frames(Worker *worker) {
    GError *error = NULL;
    frames_run(worker->frames, worker->engine, note, worker, &error);
    take_error(worker, error);
}

static void preview(Worker *worker) {
    dragon_result *result = engine_preview(worker->edit, &worker->material, worker->scale, worker->reference_scale);
    worker->status = result ? DRAGON_OK : DRAGON_BAD_INPUT;
    if (result) {
        worker->preview =
            engine_result_over(worker->under, result, (double)worker->under->width / worker->material.picture->width);
        worker->touched = engine_result_extent(result);
        worker->touched_box = engine_result_box(result);
    }
    dragon_result_free(result);
}

static gpointer work(gpointer data) {
    Worker *worker = data;
    if (worker->task == WORKER_EDIT)
        edit(worker);
    else if (worker->task == WORKER_PREVIEW)
        preview(worker);
    else if (worker->task == WORKER_FRAMES)
        edit_frames(worker);
    else
        worker->status = dragon_model_add(worker->source, note, worker, worker->text, sizeof worker->text,
                                          worker->message, sizeof worker->message);
    end_thread(worker);
    return NULL;
}

// --- From the main thread --------------------------------------------------------------------------------------------

static Worker *started(Worker *worker) {
    g_mutex_init(&worker->lock);
    worker->state.phase = DRAGON_PHASE_LOAD;
    worker->state.seconds_left = -1;
    worker->running_threads = 1;
    worker->thread = g_thread_new("dragon", work, worker);
    return worker;
}

static Worker *worker_new(WorkerTask task, const Edit *edit, const Material *material) {
    Worker *worker = g_new0(Worker, 1);
    worker->task = task;
    worker->edit = edit_copy(edit);
    worker->material = *material;
    worker->material.mask = mask_hold(material->mask);
    worker->material.held = mask_hold(material->held);
    worker->material.shadow = mask_hold(material->shadow);
    worker->material.reference_mask = mask_hold(material->reference_mask);
    return worker;
}

Worker *worker_start(const Edit *edit, const Material *material, Engine *engine) {
    Worker *worker = worker_new(WORKER_EDIT, edit, material);
    worker->engine = engine;
    return started(worker);
}

Worker *worker_start_preview(const Edit *edit, const Material *material, double scale, double reference_scale,
                             const Picture *under) {
    Worker *worker = worker_new(WORKER_PREVIEW, edit, material);
    // They are small, and may be replaced meanwhile.
    worker->material.picture = picture_copy(material->picture);
    worker->material.reference = material->reference ? picture_copy(material->reference) : NULL;
    worker->under = picture_copy(under);
    worker->scale = scale;
    worker->reference_scale = reference_scale;
    return started(worker);
}

Worker *worker_start_frames(Frames *frames, Engine *engine) {
    Worker *worker = g_new0(Worker, 1);
    worker->task = WORKER_FRAMES;
    worker->frames = frames;
    worker->engine = engine;
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
    *box = worker->area;
    g_mutex_unlock(&worker->lock);
    return picture;
}

Mask *worker_take_touched(Worker *worker, Box *box, double *scale) {
    if (!worker->touched)
        return NULL;
    *box = worker->touched_box;
    *scale = (double)worker->under->width / worker->material.picture->width;
    return g_steal_pointer(&worker->touched);
}

void worker_cancel(Worker *worker) {
    // The callback sees this at the next step; the engine's own cancel is quicker within one.
    g_atomic_int_set(&worker->is_cancelled, 1);
    if (worker->engine)
        engine_cancel(worker->engine);
}

void worker_wait(Worker *worker) {
    if (worker->thread)
        g_thread_join(g_steal_pointer(&worker->thread));
    if (worker->area_thread)
        g_thread_join(g_steal_pointer(&worker->area_thread));
}

void worker_free(Worker *worker) {
    worker_wait(worker);
    g_mutex_clear(&worker->lock);
    if (worker->task == WORKER_PREVIEW) {
        picture_free(worker->material.picture);
        picture_free(worker->material.reference);
    }
    picture_free(worker->under);
    mask_free(worker->material.mask);
    mask_free(worker->material.held);
    mask_free(worker->material.shadow);
    mask_free(worker->material.reference_mask);
    picture_free(worker->preview);
    mask_free(worker->touched);
    dragon_result_free(worker->result);
    edit_free(worker->edit);
    g_free(worker->source);
    g_free(worker);
}

dragon_status worker_finish(Worker *worker, dragon_result **result, Edit **edit, char **text, char **message) {
    worker_wait(worker);
    dragon_status status = worker->status;
    *result = g_steal_pointer(&worker->result);
    *edit = g_steal_pointer(&worker->edit);
    *text = g_strdup(worker->text);
    *message = g_strdup(worker->message[0] ? worker->message : dragon_status_text(status));
    worker_free(worker);
    return status;
}
