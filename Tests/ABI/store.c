#include "abi.h"

/// What a callback heard, and after how many calls it says to stop; 0 never.
typedef struct {
    int calls, stop_after;
    bool has_fetched, has_checked;
} listener;

static int32_t listen(const dragon_progress *progress, void *data) {
    listener *self = data;
    self->has_fetched |= progress->phase == DRAGON_PHASE_FETCH;
    self->has_checked |= progress->phase == DRAGON_PHASE_CHECK;
    CHECK(progress->fraction >= 0 && progress->fraction <= 1 && progress->step <= progress->total, "sound progress");
    return ++self->calls == self->stop_after;
}

static void test_refusals(void) {
    char message[512], path[8] = "xxxxxxx";
    CHECK(dragon_model_add(NULL, NULL, NULL, path, sizeof path, message, sizeof message) == DRAGON_BAD_INPUT, "NULL");
    CHECK(path[0] == 0 && strlen(message) > 5, "no path, but words");
    CHECK(dragon_model_add("/no/such", NULL, NULL, NULL, 0, NULL, 0) == DRAGON_BAD_INPUT, "nothing there");
    CHECK(dragon_model_add("\xff", NULL, NULL, NULL, 0, message, sizeof message) == DRAGON_BAD_INPUT, "%s", message);
    CHECK(dragon_model_add(work_path, NULL, NULL, NULL, 0, message, sizeof message) == DRAGON_BAD_INPUT, "%s", message);
    CHECK(strstr(message, "model_index.json"), "%s", message);
    dragon_status status =
        dragon_model_add("http://127.0.0.1:1/x.safetensors", NULL, NULL, NULL, 0, message, sizeof message);
    CHECK(status == DRAGON_LACKING && strstr(message, "127.0.0.1"), "%d: %s", status, message);
}

// The user's models are those below XDG_DATA_HOME, which the tests' script sets.
void test_store(void) {
    test_refusals();
    char path[600], message[512];
    listener some = {.stop_after = 2};
    dragon_status status = dragon_model_add(model_path, listen, &some, path, sizeof path, message, sizeof message);
    CHECK(status == DRAGON_CANCELLED && path[0] == 0, "%d: %s", status, message);
    listener all = {0};
    status = dragon_model_add(model_path, listen, &all, path, sizeof path, message, sizeof message);
    CHECK(status == DRAGON_OK && message[0] == 0, "%d: %s", status, message);
    CHECK(all.has_fetched && all.has_checked, "both phases are told");
    CHECK(strstr(path, "/dragon/models/model"), "%s", path);
    status = dragon_model_add(model_path, NULL, NULL, path, sizeof path, message, sizeof message);
    CHECK(status == DRAGON_BAD_INPUT && strstr(message, "already"), "%d: %s", status, message);
    unsetenv("DRAGON_MODEL_PATH");
    dragon_model_list *list = NULL;
    CHECK(dragon_model_list_create(&list) == DRAGON_OK && dragon_model_list_count(list) >= 1, "it is listed");
    dragon_model_list_path(list, 0, path, sizeof path);
    CHECK(strstr(path, "/dragon/models/model"), "%s", path);
    dragon_model_list_free(list);
    setenv("DRAGON_MODEL_PATH", model_path, 1);
}
