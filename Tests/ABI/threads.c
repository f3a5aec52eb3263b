#include "abi.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/// An edit on a thread of its own, and how far it is.
typedef struct {
    dragon_model *model;
    dragon_request request;
    dragon_status status;
    dragon_result *result;
    atomic_int told, shown;
} edit_thread;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int32_t note(const dragon_progress *progress, void *data) {
    edit_thread *edit = data;
    CHECK(progress->size == sizeof *progress && progress->fraction >= 0 && progress->fraction <= 1, "sound progress");
    CHECK(progress->step <= progress->total, "sound progress");
    CHECK(progress->phase <= DRAGON_PHASE_ASSEMBLE || progress->phase == DRAGON_PHASE_FILL, "sound progress");
    const dragon_picture *preview = &progress->preview;
    if (preview->pixels) {
        CHECK(preview->width == SIDE / 8 && preview->height == SIDE / 8 && preview->format == DRAGON_RGBA_U8, "small");
        CHECK(((const uint8_t *)preview->pixels)[4 * (preview->width * preview->height) - 1] == 255,
              "opaque to the end");
        atomic_store(&edit->shown, 1);
    }
    atomic_fetch_add(&edit->told, 1);
    return 0;
}

static void *run(void *data) {
    edit_thread *edit = data;
    edit->status = dragon_edit(edit->model, &edit->request, &edit->result);
    return NULL;
}

/// Starts an edit that would take minutes, and returns once it is under way.
static pthread_t start(edit_thread *edit, dragon_model *model) {
    *edit = (edit_thread){.model = model, .request = move_request()};
    move_parameters.steps = 1000;
    edit->request.progress = note;
    edit->request.user_data = edit;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, run, edit) == 0, "a thread");
    while (atomic_load(&edit->told) == 0)
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    return thread;
}

static void test_busy_and_cancel(dragon_model *model) {
    CHECK(dragon_model_cancel(model) == DRAGON_OK, "cancelling nothing is no error");
    edit_thread edit;
    pthread_t thread = start(&edit, model);
    dragon_request second = edit.request;
    dragon_result *result = (dragon_result *)1;
    double before = now();
    EXPECT(model, dragon_edit(model, &second, &result), DRAGON_BUSY, "another edit");
    CHECK(result == NULL && now() - before < 0.5, "at once");
    dragon_selector *selector = NULL;
    CHECK(dragon_selector_create(&second.picture, &selector) == DRAGON_OK, "a selector");
    CHECK(dragon_selector_attend(selector, model, NULL, NULL) == DRAGON_BUSY, "nothing looks beside an edit");
    dragon_selector_free(selector);
    dragon_estimate estimate = {.size = sizeof estimate};
    EXPECT(model, dragon_edit_estimate(model, &second, &estimate), DRAGON_OK, NULL);
    before = now();
    CHECK(dragon_model_cancel(model) == DRAGON_OK, "from another thread");
    pthread_join(thread, NULL);
    CHECK(edit.status == DRAGON_CANCELLED && edit.result == NULL, "%d", edit.status);
    CHECK(now() - before < 1, "%g s", now() - before);
    dragon_request request = move_request();
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_OK, NULL);
    dragon_result_free(result);
}

// A whole edit that is listened to tells every phase and shows the result on its way.
static void test_previews(dragon_model *model) {
    edit_thread edit = {.model = model, .request = move_request()};
    edit.request.progress = note;
    edit.request.user_data = &edit;
    EXPECT(model, dragon_edit(model, &edit.request, &edit.result), DRAGON_OK, NULL);
    CHECK(atomic_load(&edit.told) >= 6 && atomic_load(&edit.shown), "%d", atomic_load(&edit.told));
    dragon_result_free(edit.result);
}

static void test_close_during_edit(void) {
    dragon_model *model = open_model();
    edit_thread edit;
    pthread_t thread = start(&edit, model);
    double before = now();
    dragon_model_close(model);
    CHECK(now() - before < 1, "%g s", now() - before);
    CHECK(dragon_model_cancel(model) == DRAGON_INVALID_HANDLE, "gone");
    pthread_join(thread, NULL);
    CHECK(edit.status == DRAGON_CANCELLED, "%d", edit.status);
}

// --- Callbacks ---

static int32_t answer(const dragon_progress *progress, void *data) {
    (void)progress;
    return *(int32_t *)data;
}

static int32_t lie(const dragon_progress *progress, void *data) {
    (void)data;
    memset((void *)(uintptr_t)progress, 0xFF, sizeof *progress);
    return 0;
}

static int32_t close_own_model(const dragon_progress *progress, void *data) {
    (void)progress;
    dragon_model_close(data);
    return 0;
}

static int32_t call_back(const dragon_progress *progress, void *data) {
    (void)progress;
    dragon_request request = move_request();
    dragon_result *result = NULL;
    CHECK(dragon_edit(data, &request, &result) == DRAGON_BUSY, "an edit in an edit");
    CHECK(dragon_model_message(data, NULL, 0) > 0, "its message");
    return 0;
}

static void test_callbacks(dragon_model *model) {
    for (int i = 0; i < 3; i++) {
        int32_t garbage = (int32_t[]){1, INT32_MIN, 0x5A5A5A5A}[i];
        dragon_request request = move_request();
        request.progress = answer;
        request.user_data = &garbage;
        dragon_result *result = (dragon_result *)1;
        EXPECT(model, dragon_edit(model, &request, &result), DRAGON_CANCELLED, "cancelled");
        CHECK(result == NULL, "no result");
    }
    dragon_request request = move_request();
    dragon_result *plain = NULL, *result = NULL;
    EXPECT(model, dragon_edit(model, &request, &plain), DRAGON_OK, NULL);
    request.progress = lie;
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_OK, NULL);
    dragon_result_info a = box_of(plain), b = box_of(result);
    CHECK(memcmp(&a, &b, sizeof a) == 0, "writing over the progress changes nothing");
    dragon_result_free(plain);
    dragon_result_free(result);
    request.progress = call_back;
    request.user_data = model;
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_OK, NULL);
    dragon_result_free(result);
}

static void test_close_in_callback(void) {
    dragon_model *model = open_model();
    dragon_request request = move_request();
    request.progress = close_own_model;
    request.user_data = model;
    dragon_result *result = (dragon_result *)1;
    CHECK(dragon_edit(model, &request, &result) == DRAGON_CANCELLED && result == NULL, "its edit is cancelled");
    CHECK(dragon_model_cancel(model) == DRAGON_INVALID_HANDLE, "gone");
}

// Several threads on handles of their own, and on shared ones, at the same time.
static void *hammer(void *data) {
    const edit_thread *shared = data;
    for (int i = 0; i < 20; i++) {
        dragon_result *result = NULL;
        char message[128];
        CHECK(dragon_preview(&shared->request, &result, message, sizeof message) == DRAGON_OK, "%s", message);
        box_of(result);
        dragon_result_free(result);
        dragon_model_message(shared->model, message, sizeof message);
        dragon_model_list *list = NULL;
        if (i % 10 == 0)
            dragon_model_list_create(&list);
        dragon_model_list_free(list);
    }
    return NULL;
}

void test_threads(void) {
    dragon_model *model = open_model();
    test_busy_and_cancel(model);
    test_previews(model);
    test_callbacks(model);
    edit_thread shared = {.model = model, .request = move_request()};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, hammer, &shared);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    dragon_model_close(model);
    test_close_during_edit();
    test_close_in_callback();
}
