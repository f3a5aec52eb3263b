#include "abi.h"

#include <math.h>

/// An edit, its estimate and its preview refuse a request alike.
static void refuse(dragon_model *model, dragon_request request, const char *words, int line) {
    dragon_result *result = (dragon_result *)1;
    dragon_estimate estimate = {.size = sizeof estimate};
    expect(model, dragon_edit(model, &request, &result), DRAGON_BAD_INPUT, words, __FILE__, line);
    check(result == NULL, __FILE__, line, "no result", "");
    expect(model, dragon_edit_estimate(model, &request, &estimate), DRAGON_BAD_INPUT, words, __FILE__, line);
}

static void refuse_everywhere(dragon_model *model, dragon_request request, const char *words, int line) {
    refuse(model, request, words, line);
    dragon_result *result = (dragon_result *)1;
    char message[512];
    dragon_status status = dragon_preview(&request, &result, message, sizeof message);
    check(status == DRAGON_BAD_INPUT && !result, __FILE__, line, "the preview fails", "the preview's status is %d",
          status);
    check(strstr(message, words) != NULL, __FILE__, line, "\"%s\" should say \"%s\"", message, words);
}

#define REFUSE(words, ...) /* one change to a good request, and what it is called */                                   \
    do {                                                                                                               \
        dragon_request request = move_request();                                                                       \
        __VA_ARGS__;                                                                                                   \
        refuse_everywhere(model, request, words, __LINE__);                                                            \
    } while (0)

static void test_pictures(dragon_model *model) {
    REFUSE("pixels are NULL", request.picture.pixels = NULL);
    REFUSE("sides", request.picture.width = 0);
    REFUSE("sides", request.picture.height = -5);
    REFUSE("sides", request.picture.width = INT32_MAX);
    REFUSE("megapixels", request.picture.width = request.picture.height = 100000);
    REFUSE("stride", request.picture.stride = 4 * SIDE - 1);
    REFUSE("stride", request.picture.stride = -4 * SIDE);
    REFUSE("stride", request.picture.stride = INT64_MAX);
    REFUSE("stride", request.picture.stride = INT64_MAX / 2);
    REFUSE("stride", request.picture.stride = INT64_MIN);
    REFUSE("pixel format", request.picture.format = 3);
    REFUSE("pixel format", request.picture.format = -1);
    REFUSE("missing", request.mask.pixels = NULL);
    REFUSE("127", request.mask.width = 127);
    REFUSE("the mask", request.mask.height = 0);
    REFUSE("stride", request.mask.stride = 5);
    static uint8_t none[PIXELS], all[PIXELS];
    memset(all, 255, sizeof all);
    REFUSE("empty", request.mask.pixels = none);
    REFUSE("covers the whole", request.mask.pixels = all);
    REFUSE("inpaint mask", request.inpaint_mask = (dragon_mask){all, 3, 3, 0});
    static float floats[4 * PIXELS];
    for (int i = 0; i < 4 * PIXELS; i++)
        floats[i] = 0.5f;
    floats[4 * 7 + 1] = NAN;
    REFUSE("no number, at 7,0", request.picture.pixels = floats; request.picture.format = DRAGON_RGBA_FLOAT);
    floats[4 * 7 + 1] = INFINITY;
    REFUSE("no number, at 7,0", request.picture.pixels = floats; request.picture.format = DRAGON_RGBA_FLOAT);
}

static void test_geometry(dragon_model *model) {
    REFUSE("displacement", request.displacement.x = NAN);
    REFUSE("displacement", request.displacement.y = -INFINITY);
    REFUSE("nothing would change", request.displacement = (dragon_point){0, 0});
    REFUSE("leave the picture", request.displacement.x = 1000, move_parameters.use_plate = 0);
    REFUSE("displacement", request.displacement.x = 1e300);
    REFUSE("resize", request.resize = NAN);
    REFUSE("shadow", request.shadow = (dragon_mask){(uint8_t[9]){0}, 3, 3, 0});
    REFUSE("angle", request.rotate = NAN);
    REFUSE("angle", request.rotate = INFINITY);
    REFUSE("resize", request.resize = -1);
    REFUSE("resize", request.resize = 1e9);
    REFUSE("mode", request.mode = 7);
    REFUSE("mode", request.mode = INT32_MIN);
    dragon_point points[] = {{5, 5}, {NAN, 5}, {500, 5}};
    for (dragon_mode mode = DRAGON_DRAG; mode <= DRAGON_LANDMARK; mode++) {
        REFUSE("no point", request.mode = mode);
        if (mode == DRAGON_DRAG)
            REFUSE("what is held", request.mode = mode; request.point_count = 1; request.handles = points;
                   request.targets = (dragon_point[]){{9, 9}}; request.held = (dragon_mask){(uint8_t[9]){0}, 3, 3, 0});
        REFUSE("too many", request.mode = mode; request.point_count = SIZE_MAX);
        REFUSE("too many", request.mode = mode; request.point_count = 1001);
        REFUSE("NULL", request.mode = mode; request.point_count = 1000);
        REFUSE("NULL", request.mode = mode; request.point_count = 1; request.handles = points);
        REFUSE("no number", request.mode = mode; request.point_count = 1; request.handles = points;
               request.targets = points + 1);
        REFUSE("outside", request.mode = mode; request.point_count = 1; request.handles = points;
               request.targets = points + 2);
        REFUSE("nothing would move", request.mode = mode; request.point_count = 1; request.handles = points;
               request.targets = points);
    }
    for (dragon_mode mode = DRAGON_APPEARANCE; mode <= DRAGON_PASTE; mode++) {
        REFUSE("the reference", request.mode = mode);
        REFUSE("the reference", request.mode = mode; request.reference = request.picture);
        REFUSE("the reference", request.mode = mode; request.reference_mask = request.mask);
    }
}

static void test_numbers(dragon_model *model) {
    REFUSE("steps", move_parameters.steps = 0);
    REFUSE("steps", move_parameters.steps = 1001);
    REFUSE("algorithm", move_parameters.algorithm = 2);
    REFUSE("side", move_parameters.side = 65);
    REFUSE("side", move_parameters.side = -64);
    REFUSE("side", move_parameters.side = 1 << 30);
    REFUSE("grow", move_parameters.grow = NAN);
    REFUSE("feather", move_parameters.feather = -1);
    float *numbers[] = {&move_parameters.guidance_scale,  &move_parameters.energy_scale,
                        &move_parameters.edit_weight,     &move_parameters.content_weight,
                        &move_parameters.contrast_weight, &move_parameters.inpaint_weight,
                        &move_parameters.sde_strength};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        for (int k = 0; k < 3; k++) {
            dragon_request request = move_request();
            *numbers[i] = (float[]){NAN, -1, 1e30f}[k];
            refuse(model, request, "choose", __LINE__);
        }
    }
    REFUSE("UTF-8", request.prompt = "\xff");
    REFUSE("UTF-8", request.reference_prompt = "\xc3");
    REFUSE("UTF-8", request.source_prompt = "\xc3");
}

// Structs of other versions: one that ends before what came later, and one that goes on behind what this library knows.
static void test_other_versions(dragon_model *model) {
    dragon_estimate estimate = {.size = sizeof estimate};
    dragon_request request = move_request();
    move_parameters.size = offsetof(dragon_parameters, first_step);
    move_parameters.first_step = 1000;
    EXPECT(model, dragon_edit_estimate(model, &request, &estimate), DRAGON_OK, NULL);
    move_parameters.size = sizeof move_parameters;
    EXPECT(model, dragon_edit_estimate(model, &request, &estimate), DRAGON_BAD_INPUT, "first-step");
    struct {
        dragon_request known;
        uint64_t later;
    } newer = {move_request(), 0};
    newer.known.size = sizeof newer;
    EXPECT(model, dragon_edit_estimate(model, &newer.known, &estimate), DRAGON_OK, NULL);
    newer.later = 1;
    EXPECT(model, dragon_edit_estimate(model, &newer.known, &estimate), DRAGON_WRONG_VERSION, "dragon_request");
    struct {
        dragon_estimate known;
        uint64_t later;
    } longer = {{.size = sizeof longer}, 7};
    request = move_request();
    EXPECT(model, dragon_edit_estimate(model, &request, &longer.known), DRAGON_OK, NULL);
    CHECK(longer.known.size == sizeof longer && longer.later == 7 && longer.known.memory > 0, "its own part alone");
}

static void test_versions(dragon_model *model) {
    dragon_result *result = NULL;
    dragon_estimate estimate = {.size = sizeof estimate};
    char message[256];
    // The first version ends before the image prompt, of which nothing is read then.
    dragon_request first = move_request();
    first.size = offsetof(dragon_request, image_prompt);
    memset(&first.image_prompt, 0xab, sizeof first.image_prompt);
    EXPECT(model, dragon_edit_estimate(model, &first, &estimate), DRAGON_OK, NULL);
    for (size_t i = 0; i < 3; i++) {
        dragon_request request = move_request();
        request.size = (size_t[]){0, offsetof(dragon_request, image_prompt) - 8, SIZE_MAX}[i];
        EXPECT(model, dragon_edit(model, &request, &result), DRAGON_WRONG_VERSION, "dragon_request");
        EXPECT(model, dragon_edit_estimate(model, &request, &estimate), DRAGON_WRONG_VERSION, "dragon_request");
        CHECK(dragon_preview(&request, &result, message, sizeof message) == DRAGON_WRONG_VERSION, "%s", message);
        request = move_request();
        move_parameters.size = (size_t[]){0, 1, SIZE_MAX}[i];
        EXPECT(model, dragon_edit(model, &request, &result), DRAGON_WRONG_VERSION, "dragon_parameters");
    }
    dragon_request request = move_request();
    estimate.size--;
    EXPECT(model, dragon_edit_estimate(model, &request, &estimate), DRAGON_WRONG_VERSION, "dragon_estimate");
    EXPECT(model, dragon_edit_estimate(model, &request, NULL), DRAGON_BAD_INPUT, "NULL");
    EXPECT(model, dragon_edit_estimate(model, NULL, &estimate), DRAGON_WRONG_VERSION, NULL);
    EXPECT(model, dragon_edit(model, NULL, &result), DRAGON_BAD_INPUT, "NULL");
    EXPECT(model, dragon_edit(model, &request, NULL), DRAGON_BAD_INPUT, "NULL");
    request.bend = 3;
    CHECK(dragon_preview(&request, &result, message, sizeof message) == DRAGON_BAD_INPUT && strstr(message, "bend"),
          "%s", message);
    request.bend = DRAGON_BEND_RIGID;
    CHECK(dragon_preview(NULL, &result, message, sizeof message) == DRAGON_BAD_INPUT, "%s", message);
    CHECK(dragon_preview(&request, NULL, NULL, 0) == DRAGON_BAD_INPUT, "nowhere to put it");
}

static void test_estimates(dragon_model *model) {
    dragon_request request = move_request();
    dragon_estimate estimate = {.size = sizeof estimate};
    EXPECT(model, dragon_edit_estimate(model, &request, &estimate), DRAGON_OK, NULL);
    CHECK(estimate.box_x == 0 && estimate.box_width == SIDE && estimate.grid_height == SIDE, "%d", estimate.box_width);
    CHECK(estimate.memory > 1000000, "%llu", (unsigned long long)estimate.memory);
    dragon_result *result = NULL;
    move_parameters.memory_limit = 1;
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_LACKING, "memory");
    move_parameters.memory_limit = UINT64_MAX;
    move_parameters.steps = 1;
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_OK, NULL);
    dragon_result_free(result);
}

void test_requests(void) {
    dragon_model *model = open_model();
    test_pictures(model);
    test_geometry(model);
    test_numbers(model);
    test_versions(model);
    test_other_versions(model);
    test_estimates(model);
    dragon_model_close(model);
}
