#include "abi.h"

// A LoRA of few steps lets a model paint in; without one it says what to add.
static void test_instant(void) {
    char command[9000], path[4096];
    snprintf(path, sizeof path, "%s/lcm.safetensors", work_path);
    snprintf(command, sizeof command, "cp '%s'/../variants/lora/kohya.safetensors '%s'", model_path, path);
    CHECK(system(command) == 0, "a LoRA of few steps");
    dragon_lora lora = {path, 1};
    dragon_model_options options = {.size = sizeof options, .threads = 2, .loras = &lora, .lora_count = 1};
    dragon_model *model = NULL;
    EXPECT(model, dragon_model_open_with(model_path, &options, &model), DRAGON_OK, NULL);
    dragon_model_info info = {.size = sizeof info};
    EXPECT(model, dragon_model_describe(model, &info), DRAGON_OK, NULL);
    CHECK(info.instant_steps == 4 && info.instant_seconds > 0, "%d %g", info.instant_steps, info.instant_seconds);
    dragon_request request = move_request();
    move_parameters.preset = DRAGON_PRESET_INSTANT;
    // Not read.
    move_parameters.steps = -7;
    dragon_result *result = NULL;
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_OK, NULL);
    CHECK(box_of(result).made_pixels > 0, "something is made");
    dragon_result_free(result);
    CHECK(dragon_preview(&request, &result, NULL, 0) == DRAGON_OK, "no model is asked for a preview");
    dragon_result_free(result);
    dragon_model_close(model);
    model = open_model();
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_BAD_INPUT, "inpainting");
    move_parameters.preset = 3;
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_BAD_INPUT, "preset");
    request = move_request();
    move_parameters.preset = DRAGON_PRESET_FAST;
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_OK, NULL);
    dragon_result_free(result);
    dragon_model_close(model);
    move_request();
    remove(path);
}

// Rounded products give nearly the same picture, also after an edit that was not rounded.
static void test_precision(void) {
    dragon_model *model = open_model();
    dragon_request request = move_request();
    dragon_result *exact = NULL, *rounded = NULL, *again = NULL;
    CHECK(move_parameters.precision == DRAGON_PRECISION_AUTO, "%d", move_parameters.precision);
    move_parameters.use_plate = 0;
    move_parameters.precision = DRAGON_PRECISION_FP32;
    EXPECT(model, dragon_edit(model, &request, &exact), DRAGON_OK, NULL);
    for (dragon_precision narrow = DRAGON_PRECISION_BF16; narrow <= DRAGON_PRECISION_INT16; narrow++) {
        move_parameters.precision = narrow;
        EXPECT(model, dragon_edit(model, &request, &rounded), DRAGON_OK, NULL);
        EXPECT(model, dragon_edit(model, &request, &again), DRAGON_OK, NULL);
        CHECK(!same_pixels(exact, rounded), "rounding shows");
        CHECK(same_pixels(rounded, again), "and is the same each time");
        dragon_result_free(rounded);
        dragon_result_free(again);
    }
    move_parameters.precision = DRAGON_PRECISION_INT16 + 1;
    dragon_result *none = NULL;
    EXPECT(model, dragon_edit(model, &request, &none), DRAGON_BAD_INPUT, "precision");
    move_parameters.precision = -1;
    EXPECT(model, dragon_edit(model, &request, &none), DRAGON_BAD_INPUT, "precision");
    dragon_result_free(exact);
    dragon_model_close(model);
    move_request();
}

// A model with an adapter is shown a picture beside the prompt; what sampling begins with can be chosen.
static void test_image_prompts(void) {
    char path[4096];
    snprintf(path, sizeof path, "%s/../variants/adapter/plain.safetensors", model_path);
    dragon_model_options options = {.size = sizeof options, .threads = 2, .image_adapter = path};
    dragon_model *model = NULL;
    EXPECT(model, dragon_model_open_with(model_path, &options, &model), DRAGON_OK, NULL);
    dragon_request request = move_request();
    move_parameters.use_plate = 0;
    CHECK(move_parameters.image_prompt_end == 20 && move_parameters.start == DRAGON_START_INVERTED, "as published");
    move_parameters.image_prompt_end = 0;
    move_parameters.image_prompt_first = 0;
    dragon_result *plain = NULL, *shown = NULL, *arranged = NULL;
    EXPECT(model, dragon_edit(model, &request, &plain), DRAGON_OK, NULL);
    request.image_prompt = request.picture;
    move_parameters.image_prompt_scale = 5;
    move_parameters.image_prompt_end = 50;
    EXPECT(model, dragon_edit(model, &request, &shown), DRAGON_OK, NULL);
    CHECK(!same_pixels(plain, shown), "a picture changes the result");
    request.image_prompt.pixels = NULL;
    move_parameters.start = DRAGON_START_ARRANGED;
    EXPECT(model, dragon_edit(model, &request, &arranged), DRAGON_OK, NULL);
    CHECK(!same_pixels(plain, arranged), "another start changes the result");
    dragon_result_free(plain);
    dragon_result_free(shown);
    dragon_result_free(arranged);
    move_parameters.start = 3;
    EXPECT(model, dragon_edit(model, &request, &plain), DRAGON_BAD_INPUT, "dragon_start");
    move_parameters.start = DRAGON_START_OF_MODEL;
    move_parameters.image_prompt_first = 50;
    EXPECT(model, dragon_edit(model, &request, &plain), DRAGON_BAD_INPUT, "image prompt's steps");
    dragon_model_close(model);
    request = move_request();
    model = open_model();
    request.image_prompt = request.picture;
    EXPECT(model, dragon_edit(model, &request, &plain), DRAGON_BAD_INPUT, "adapter");
    dragon_model_close(model);
    options.image_encoder = "/no/such/encoder";
    dragon_status status = dragon_model_open_with(model_path, &options, &model);
    EXPECT(model, status, DRAGON_BAD_MODEL, "/no/such/encoder");
    dragon_model_close(model);
    move_request();
}

// A hole is filled with texture, or by the network; a struct of the version before leaves it to the model.
static void test_fills(void) {
    dragon_model *model = open_model();
    dragon_request request = move_request();
    CHECK(move_parameters.fill == DRAGON_FILL_AUTO, "left to the model");
    move_parameters.steps = 4;
    dragon_result *texture = NULL, *network = NULL, *other = NULL;
    move_parameters.fill = DRAGON_FILL_TEXTURE;
    EXPECT(model, dragon_edit(model, &request, &texture), DRAGON_OK, NULL);
    move_parameters.fill = DRAGON_FILL_NETWORK;
    EXPECT(model, dragon_edit(model, &request, &network), DRAGON_OK, NULL);
    CHECK(!same_pixels(texture, network), "the network makes another hole");
    EXPECT(model, dragon_edit(model, &request, &other), DRAGON_OK, NULL);
    CHECK(same_pixels(network, other), "the same again");
    dragon_result_free(texture);
    dragon_result_free(network);
    dragon_result_free(other);
    move_parameters.fill = 3;
    EXPECT(model, dragon_edit(model, &request, &other), DRAGON_BAD_INPUT, "dragon_fill");
    move_parameters.size = offsetof(dragon_parameters, precision);
    EXPECT(model, dragon_edit(model, &request, &other), DRAGON_OK, NULL);
    dragon_result_free(other);
    dragon_model_close(model);
    move_request();
}

void test_parameters(void) {
    test_instant();
    test_precision();
    test_image_prompts();
    test_fills();
}
