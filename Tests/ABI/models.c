#include "abi.h"

static void test_lists(void) {
    setenv("DRAGON_MODEL_PATH", model_path, 1);
    dragon_model_list *list = NULL;
    CHECK(dragon_model_list_create(&list) == DRAGON_OK && list, "a list is made");
    CHECK(dragon_model_list_create(NULL) == DRAGON_BAD_INPUT, "without a place for it there is none");
    size_t count = dragon_model_list_count(list);
    CHECK(count >= 1, "%zu", count);
    char text[512] = "?";
    size_t length = dragon_model_list_path(list, 0, text, sizeof text);
    CHECK(strcmp(text, model_path) == 0 && length == strlen(model_path), "%s", text);
    CHECK(dragon_model_list_name(list, 0, text, sizeof text) == 5 && strcmp(text, "model") == 0, "%s", text);
    CHECK(dragon_model_list_problem(list, 0, text, sizeof text) == 0 && text[0] == 0, "%s", text);
    CHECK(dragon_model_list_path(list, count, text, sizeof text) == 0 && text[0] == 0, "beyond the end: nothing");
    CHECK(dragon_model_list_name(list, SIZE_MAX, text, sizeof text) == 0, "far beyond the end: nothing");
    dragon_model_list_free(list);
    CHECK(dragon_model_list_count(list) == 0, "a freed list is empty");
    CHECK(dragon_model_list_path(list, 0, text, sizeof text) == 0, "and has no paths");
    dragon_model_list_free(list);
    dragon_model_list_free(NULL);
    CHECK(dragon_model_list_count((dragon_model_list *)text) == 0, "no list at all");
}

// A folder that is no model is listed with its problem.
static void test_problems(void) {
    char folder[600], command[1400];
    snprintf(folder, sizeof folder, "%s/models", work_path);
    snprintf(command, sizeof command, "mkdir -p '%s/broken' && ln -sfn '%s' '%s/whole'", folder, model_path, folder);
    CHECK(system(command) == 0, "%s", command);
    setenv("DRAGON_MODEL_PATH", folder, 1);
    dragon_model_list *list = NULL;
    CHECK(dragon_model_list_create(&list) == DRAGON_OK, "listed");
    char name[64], problem[512];
    dragon_model_list_name(list, 0, name, sizeof name);
    dragon_model_list_problem(list, 0, problem, sizeof problem);
    CHECK(strcmp(name, "broken") == 0 && strstr(problem, "model_index.json"), "%s: %s", name, problem);
    dragon_model_list_free(list);
    dragon_model *model = NULL;
    dragon_status status = dragon_model_open(NULL, 1, &model);
    EXPECT(model, status, DRAGON_OK, NULL);
    CHECK(model != NULL, "no path takes the first that can be opened");
    dragon_model_close(model);
    setenv("DRAGON_MODEL_PATH", model_path, 1);
}

static void test_opening(void) {
    dragon_model *model = (dragon_model *)1;
    dragon_status status = dragon_model_open("/no/such/model", 0, &model);
    EXPECT(model, status, DRAGON_BAD_MODEL, "/no/such/model");
    dragon_model_info info = {.size = sizeof info};
    EXPECT(model, dragon_model_describe(model, &info), DRAGON_BAD_MODEL, "did not load");
    CHECK(dragon_model_cancel(model) == DRAGON_OK, "nothing runs");
    dragon_request request = move_request();
    dragon_result *result = (dragon_result *)1;
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_BAD_MODEL, "did not load");
    CHECK(result == NULL, "no result of a failed edit");
    dragon_model_close(model);
    model = (dragon_model *)1;
    CHECK(dragon_model_open(model_path, -1, &model) == DRAGON_BAD_INPUT && model == NULL, "unusable: no handle");
    CHECK(dragon_model_open(model_path, 1025, &model) == DRAGON_BAD_INPUT && model == NULL, "unusable: no handle");
    CHECK(dragon_model_open(model_path, 0, NULL) == DRAGON_BAD_INPUT, "nowhere to put it");
    CHECK(dragon_model_open("\xff\xfe", 0, &model) == DRAGON_BAD_INPUT, "not UTF-8");
}

typedef struct opening {
    int calls;
    int cancels_at;
    double fraction;
} opening;

static int32_t note_opening(const dragon_progress *progress, void *data) {
    opening *opening = data;
    CHECK(progress->phase == DRAGON_PHASE_LOAD && progress->step <= progress->total, "loading, step by step");
    CHECK(progress->fraction >= opening->fraction, "forwards");
    opening->fraction = progress->fraction;
    return ++opening->calls == opening->cancels_at;
}

static void test_watched_opening(void) {
    dragon_model *model = NULL;
    opening whole = {0}, stopped = {.cancels_at = 3};
    dragon_status status = dragon_model_open_watched(model_path, 1, note_opening, &whole, &model);
    EXPECT(model, status, DRAGON_OK, NULL);
    CHECK(whole.calls > 10 && whole.fraction == 1, "told to the end");
    dragon_model_close(model);
    status = dragon_model_open_watched(model_path, 1, note_opening, &stopped, &model);
    CHECK(status == DRAGON_CANCELLED && stopped.calls == 3, "a callback that says no is the last");
    dragon_model_close(model);
}

static void test_opening_with_additions(void) {
    dragon_model *model = NULL;
    char path[4096];
    snprintf(path, sizeof path, "%s/../variants/lora/kohya.safetensors", model_path);
    dragon_lora loras[] = {{path, 0.5}, {NULL, 1}};
    dragon_model_options options = {.size = sizeof options, .threads = 1, .loras = loras, .lora_count = 1};
    dragon_status status = dragon_model_open_with(model_path, &options, &model);
    EXPECT(model, status, DRAGON_OK, NULL);
    dragon_model_info info = {.size = sizeof info};
    EXPECT(model, dragon_model_describe(model, &info), DRAGON_OK, NULL);
    CHECK(info.is_inpainting == 0 && info.instant_steps == 0, "%d %d", info.is_inpainting, info.instant_steps);
    dragon_model_close(model);
    EXPECT(model, dragon_model_open_with(model_path, NULL, &model), DRAGON_OK, NULL);
    dragon_model_close(model);

    options.lora_count = 2;
    CHECK(dragon_model_open_with(model_path, &options, &model) == DRAGON_BAD_INPUT, "a LoRA without a path");
    dragon_model_close(model);
    options.lora_count = (size_t)-1;
    CHECK(dragon_model_open_with(model_path, &options, &model) == DRAGON_BAD_INPUT, "too many LoRAs");
    dragon_model_close(model);
    options.lora_count = 1;
    options.loras = NULL;
    CHECK(dragon_model_open_with(model_path, &options, &model) == DRAGON_BAD_INPUT, "no LoRAs where there is one");
    dragon_model_close(model);
    options.size = 4;
    CHECK(dragon_model_open_with(model_path, &options, &model) == DRAGON_WRONG_VERSION, "another size");
    dragon_model_close(model);

    options = (dragon_model_options){.size = sizeof options, .threads = 1, .loras = loras, .lora_count = 1};
    snprintf(path, sizeof path, "%s/unet/diffusion_pytorch_model.safetensors", model_path);
    status = dragon_model_open_with(model_path, &options, &model);
    EXPECT(model, status, DRAGON_BAD_MODEL, "weights that the model does not have");
    dragon_model_close(model);
}

static void test_inspecting(void) {
    char path[4096], message[512] = "x";
    snprintf(path, sizeof path, "%s/../variants/lora/kohya.safetensors", model_path);
    dragon_lora lora = {path, 1};
    dragon_model_options options = {.size = sizeof options, .loras = &lora, .lora_count = 1};
    dragon_model_info info = {.size = sizeof info};
    CHECK(dragon_model_inspect(model_path, NULL, &info, message, sizeof message) == DRAGON_OK, "%s", message);
    CHECK(message[0] == 0 && info.side > 0 && info.parameter_count > 0, "%d", info.side);
    CHECK(info.exact_seconds > info.fast_seconds && info.fast_seconds > 0, "%g %g", info.exact_seconds,
          info.fast_seconds);
    CHECK(info.instant_seconds == 0 && info.instant_steps == 0, "%g", info.instant_seconds);
    CHECK(dragon_model_inspect(model_path, &options, &info, NULL, 0) == DRAGON_OK, "with a LoRA");
    // A caller of the first version has no room for what came later.
    dragon_model_info first = {.size = offsetof(dragon_model_info, instant_steps), .instant_steps = 77};
    CHECK(dragon_model_inspect(model_path, NULL, &first, NULL, 0) == DRAGON_OK && first.instant_steps == 77, "short");
    CHECK(dragon_model_inspect(model_path, NULL, NULL, NULL, 0) == DRAGON_BAD_INPUT, "no place for it");
    CHECK(dragon_model_inspect("/no/such", NULL, &info, message, sizeof message) == DRAGON_BAD_MODEL, "%s", message);
    CHECK(strstr(message, "/no/such"), "%s", message);
    snprintf(path, sizeof path, "%s/unet/diffusion_pytorch_model.safetensors", model_path);
    dragon_status status = dragon_model_inspect(model_path, &options, &info, message, sizeof message);
    CHECK(status == DRAGON_BAD_MODEL && message[0], "%d: %s", status, message);
}

static void test_lora_lists(void) {
    char folder[4096], command[9000], text[4096];
    snprintf(folder, sizeof folder, "%s/foreign/loras", work_path);
    snprintf(command, sizeof command, "mkdir -p '%s' && cp '%s'/../variants/lora/kohya.safetensors '%s/a.safetensors'",
             folder, model_path, folder);
    CHECK(system(command) == 0, "a folder of another program");
    snprintf(folder, sizeof folder, "%s/foreign", work_path);
    setenv("DRAGON_FOREIGN_MODELS", folder, 1);
    dragon_model_list *list = NULL;
    CHECK(dragon_lora_list_create(NULL) == DRAGON_BAD_INPUT, "no place for it");
    CHECK(dragon_lora_list_create(&list) == DRAGON_OK && dragon_model_list_count(list) == 1, "one LoRA");
    dragon_model_list_name(list, 0, text, sizeof text);
    CHECK(strcmp(text, "a") == 0, "%s", text);
    CHECK(dragon_model_list_kind(list, 0) == DRAGON_MODEL_LORA && dragon_model_list_kind(list, 1) == 0, "kinds");
    CHECK(dragon_model_list_kind(NULL, 0) == DRAGON_MODEL_UNUSABLE, "no list");
    dragon_model_list_free(list);
    CHECK(dragon_model_list_create(&list) == DRAGON_OK, "models");
    CHECK(dragon_model_list_kind(list, 0) == DRAGON_MODEL_BASE, "%d", dragon_model_list_kind(list, 0));
    dragon_model_list_free(list);
    setenv("DRAGON_FOREIGN_MODELS", "", 1);
}

static void test_describing(dragon_model *model) {
    dragon_model_info info = {.size = sizeof info};
    EXPECT(model, dragon_model_describe(model, &info), DRAGON_OK, NULL);
    CHECK(info.side == 128 && info.latent_channels == 4 && info.downsampling == 8 && info.steps == 50, "%d %d %d %d",
          info.side, info.latent_channels, info.downsampling, info.steps);
    CHECK(info.parameter_count > 2446788 && info.weight_bytes >= 2 * info.parameter_count, "%llu",
          (unsigned long long)info.parameter_count);
    EXPECT(model, dragon_model_describe(model, NULL), DRAGON_BAD_INPUT, "NULL");
    for (size_t i = 0; i < 3; i++) {
        info.size = (size_t[]){0, sizeof info - 1, SIZE_MAX}[i];
        EXPECT(model, dragon_model_describe(model, &info), DRAGON_WRONG_VERSION, "size");
    }
    char message[4];
    memset(message, 'x', sizeof message);
    size_t whole = dragon_model_message(model, message, 3);
    CHECK(whole > 10 && strlen(message) == 2 && message[3] == 'x', "cut, ended, and not beyond");
    CHECK(dragon_model_message(model, NULL, 0) == whole && dragon_model_message(model, NULL, 100) == whole, "counted");
    CHECK(dragon_model_message(model, message, 0) == whole && message[0] != 0, "no room, nothing written");
}

// A model's numbers without opening it.
static void test_parameters_of(void) {
    dragon_parameters found = {.size = sizeof found};
    CHECK(dragon_parameters_of("/no/such/model", DRAGON_MOVE, &found) == DRAGON_BAD_MODEL, "no model");
    CHECK(dragon_parameters_of(NULL, 9, &found) == DRAGON_BAD_INPUT, "no mode");
    CHECK(dragon_parameters_of("Install/model/embedded", DRAGON_MOVE, &found) == DRAGON_OK, "the embedded model");
    CHECK(found.steps == 24 && found.side == 256 && found.guidance_scale == 1, "its own numbers");
}

static void test_defaults(dragon_model *model) {
    dragon_parameters own = {.size = sizeof own};
    for (dragon_mode mode = DRAGON_MOVE; mode <= DRAGON_REMOVE; mode++) {
        EXPECT(model, dragon_parameters_default(model, mode, &own), DRAGON_OK, NULL);
        CHECK(own.size == sizeof own && own.steps == 50 && own.energy_scale > 0 && own.edit_weight > 0, "mode %d",
              mode);
        CHECK(own.use_plate == 1 && own.side == 128 && own.seed == 0 && own.memory_limit == 0, "mode %d", mode);
        CHECK(own.first_step < 0 && own.soften == 0, "mode %d", mode);
    }
    dragon_parameters published = {.size = sizeof published};
    CHECK(dragon_parameters_default(NULL, DRAGON_REMOVE, &published) == DRAGON_OK, "no model: the published ones");
    CHECK(published.side == 0, "no model, no window");
    published.side = own.side;
    CHECK(memcmp(&own, &published, sizeof own) == 0, "the tests' model has none of its own");
    test_parameters_of();
    EXPECT(model, dragon_parameters_default(model, 7, &own), DRAGON_BAD_INPUT, "mode");
    EXPECT(model, dragon_parameters_default(model, -1, &own), DRAGON_BAD_INPUT, "mode");
    EXPECT(model, dragon_parameters_default(model, DRAGON_MOVE, NULL), DRAGON_BAD_INPUT, "NULL");
    own.size = 4;
    EXPECT(model, dragon_parameters_default(model, DRAGON_MOVE, &own), DRAGON_WRONG_VERSION, "size");
    CHECK(dragon_parameters_default(NULL, DRAGON_MOVE, &own) == DRAGON_WRONG_VERSION, "without a model too");
}

// Freed, foreign and invented handles.
static void test_handles(void) {
    dragon_model *freed = open_model();
    dragon_model_close(freed);
    dragon_model_list *list = NULL;
    dragon_model_list_create(&list);
    int here = 0;
    dragon_model *wrong[] = {NULL, freed, (dragon_model *)list, (dragon_model *)&here, (dragon_model *)(uintptr_t)1};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        dragon_model *model = wrong[i];
        dragon_request request = move_request();
        dragon_result *result = (dragon_result *)1;
        dragon_estimate estimate = {.size = sizeof estimate};
        dragon_model_info info = {.size = sizeof info};
        dragon_parameters parameters = {.size = sizeof parameters};
        CHECK(dragon_model_describe(model, &info) == DRAGON_INVALID_HANDLE, "%zu", i);
        CHECK(dragon_edit(model, &request, &result) == DRAGON_INVALID_HANDLE && result == NULL, "%zu", i);
        CHECK(dragon_edit_estimate(model, &request, &estimate) == DRAGON_INVALID_HANDLE, "%zu", i);
        CHECK(dragon_model_cancel(model) == DRAGON_INVALID_HANDLE, "%zu", i);
        CHECK(dragon_model_message(model, NULL, 0) == 0, "%zu", i);
        if (model) {
            dragon_status status = dragon_parameters_default(model, DRAGON_MOVE, &parameters);
            CHECK(status == DRAGON_INVALID_HANDLE, "%zu", i);
        }
        dragon_model_close(model);
        dragon_result_free((dragon_result *)model);
        if (model != (dragon_model *)list)
            dragon_model_list_free((dragon_model_list *)model);
    }
    dragon_model *next = open_model();
    CHECK(next != freed, "a freed handle's value does not come back");
    dragon_model_close(next);
    dragon_model_list_free(list);
}

void test_models(void) {
    test_lists();
    test_problems();
    test_opening();
    test_watched_opening();
    test_opening_with_additions();
    test_inspecting();
    test_lora_lists();
    dragon_model *model = open_model();
    test_describing(model);
    test_defaults(model);
    dragon_model_close(model);
    test_handles();
}
