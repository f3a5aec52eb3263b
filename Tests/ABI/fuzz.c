// Random calls: handles that live, lived and never did, sizes and numbers of all kinds. Pictures say what they are, or
// something that has to be refused before a pixel is read.
#include "abi.h"

#include <math.h>

enum { SLOTS = 8, MOST = 160, BUFFER = MOST * (MOST * 16 + 64) };

static uint64_t state;
static uint8_t buffer[BUFFER], masks[2][BUFFER];
/// Statuses of estimates, previews and edits.
static unsigned seen[DRAGON_WRONG_VERSION + 1];
static dragon_model *models[SLOTS];
static dragon_result *results[SLOTS];
static dragon_model_list *lists[SLOTS];
static dragon_selector *selectors[SLOTS];

static uint32_t draw_number(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

static uint32_t below(uint32_t limit) {
    return draw_number() % limit;
}
static bool chance(uint32_t percent) {
    return below(100) < percent;
}

/// Whether the request at work is a wild one, and this part of it by chance.
static bool wild;
static bool odd(uint32_t percent) {
    return wild && chance(percent);
}

static double number(void) {
    static const double strange[] = {0, -0.0, 1, -1, NAN, INFINITY, -INFINITY, 1e300, -1e300, 5e-324, 0.05, 20, 1e5};
    return odd(15) ? strange[below(13)] : (double)below(2000) / 10 - 50;
}

static size_t struct_size(size_t right) {
    if (!odd(4))
        return right;
    return (size_t[]){0, right - 1, right / 2, SIZE_MAX, 1}[below(5)];
}

static int32_t side(int32_t usual) {
    static const int32_t strange[] = {0, -1, INT32_MIN, INT32_MAX, 100001};
    return odd(4) ? strange[below(5)] : !odd(15) ? usual : (int32_t)(1 + below(MOST));
}

static int64_t stride(int64_t row) {
    static const int64_t strange[] = {1, -1, INT64_MIN, INT64_MAX, INT64_MAX / 3};
    return odd(4) ? strange[below(5)] : chance(50) ? 0 : row + below(64);
}

static dragon_picture picture(int32_t width, int32_t height) {
    dragon_pixel_format format = odd(3) ? (int32_t)draw_number() : (int32_t)below(4);
    int64_t size = format >= 0 && format < 3 ? 4 << format : 4;
    return (dragon_picture){odd(3) ? NULL : buffer, side(width), side(height), stride((int64_t)width * size), format};
}

static dragon_mask mask(int which, int32_t width, int32_t height) {
    return (dragon_mask){odd(10) ? NULL : masks[which], side(width), side(height), stride(width)};
}

static int32_t answer(const dragon_progress *progress, void *data) {
    (void)progress;
    (void)data;
    return chance(2) ? (int32_t)draw_number() : 0;
}

static dragon_parameters parameters(void) {
    dragon_parameters values = {.size = sizeof values};
    dragon_parameters_default(NULL, (int32_t)below(6), &values);
    values.steps = odd(4) ? (int32_t)draw_number() : 1;
    values.side = odd(10) ? (int32_t)draw_number() : 64;
    float *fields[] = {&values.guidance_scale, &values.energy_scale, &values.edit_weight, &values.grow,
                       &values.feather};
    if (odd(20))
        *fields[below(5)] = (float)number();
    values.algorithm = odd(4) ? (int32_t)draw_number() : (int32_t)below(2);
    values.use_plate = (int32_t)below(3);
    values.use_network = (int32_t)below(3);
    values.start = odd(10) ? (int32_t)draw_number() : (int32_t)below(3);
    values.image_prompt_scale = odd(10) ? (float)number() : 0.5f;
    values.image_prompt_first = odd(10) ? (int32_t)draw_number() : (int32_t)below(2);
    values.image_prompt_end = odd(10) ? (int32_t)draw_number() : 2;
    values.fill = odd(10) ? (int32_t)draw_number() : (int32_t)below(3);
    values.memory_limit = chance(10) ? draw_number() : 0;
    values.size = struct_size(sizeof values);
    return values;
}

static dragon_request request(const dragon_parameters *values, dragon_point *points) {
    int32_t width = (int32_t)(1 + below(MOST)), height = (int32_t)(1 + below(MOST));
    dragon_request all = {.size = struct_size(sizeof all), .mode = odd(3) ? (int32_t)draw_number() : (int32_t)below(7)};
    all.picture = picture(width, height);
    all.mask = mask(0, width, height);
    if (chance(10))
        all.inpaint_mask = mask(1, width, height);
    if (!odd(40)) {
        all.reference = picture(height, width);
        all.reference_mask = mask(1, height, width);
    }
    for (int i = 0; i < 8; i++)
        points[i] = odd(20) ? (dragon_point){number(), number()}
                            : (dragon_point){below((uint32_t)width), below((uint32_t)height)};
    all.handles = odd(5) ? NULL : points;
    all.targets = odd(5) ? NULL : points + 4;
    all.point_count = odd(5) ? (size_t)draw_number() << below(33) : below(5);
    all.point_count =
        all.handles && all.targets && all.point_count > 4 && all.point_count <= 1000 ? 4 : all.point_count;
    all.displacement = (dragon_point){number() / 3, number() / 3};
    if (chance(20))
        all.held = mask(odd(3), width, height);
    if (chance(20))
        all.shadow = mask(odd(3), width, height);
    all.rotate = chance(40) ? 0 : odd(30) ? number() : below(720) - 360.0;
    all.flip = below(3);
    all.resize = odd(30) ? number() : chance(30) ? 0.5 + below(100) / 50.0 : 0;
    if (chance(5))
        all.image_prompt = picture(height, width);
    all.prompt = chance(50) ? NULL : !odd(10) ? "a cat" : "\xf0\x28";
    all.parameters = chance(90) ? values : NULL;
    all.progress = chance(50) ? answer : NULL;
    return all;
}

/// A handle that lives, or one that does not.
static void *handle(void **slots) {
    static const uintptr_t strange[] = {0, 1, 0xD1A6000000000000u, 0xD1A6000000000010u, UINTPTR_MAX};
    return chance(10) ? (void *)strange[below(5)] : slots[below(SLOTS)];
}

static void call_models(void) {
    dragon_model *model = handle((void **)models);
    char text[32];
    dragon_model_info info = {.size = struct_size(sizeof info)};
    dragon_parameters values = {.size = struct_size(sizeof values)};
    switch (below(6)) {
    case 0:
        dragon_model_message(model, chance(90) ? text : NULL, below(sizeof text + 1));
        break;
    case 1:
        dragon_model_describe(model, chance(90) ? &info : NULL);
        break;
    case 2:
        dragon_parameters_default(model, (int32_t)below(8) - 1, chance(90) ? &values : NULL);
        break;
    case 3:
        dragon_model_cancel(model);
        break;
    default: {
        if (!chance(10))
            break;
        uint32_t slot = below(SLOTS);
        dragon_model_close(models[slot]);
        dragon_model_open(chance(80) ? model_path : "/nowhere", (int32_t)below(5) - 1,
                          chance(95) ? &models[slot] : NULL);
    }
    }
}

static void call_results(void) {
    dragon_result *result = handle((void **)results);
    dragon_result_info info = {.size = struct_size(sizeof info)};
    int64_t row = chance(80) ? 0 : (int64_t)below(MOST * 16 + 64) - 10;
    uint32_t slot = below(SLOTS);
    switch (below(7)) {
    case 5:
        dragon_result_extent(result, chance(90) ? masks[1] : NULL, row);
        break;
    case 6:
        if (results[slot] != result) {
            dragon_result_free(results[slot]);
            dragon_result_part(result, (int32_t)below(4) - 1, chance(95) ? &results[slot] : NULL);
        }
        break;
    case 0:
        dragon_result_describe(result, chance(90) ? &info : NULL);
        break;
    case 1:
        dragon_result_pixels(result, (int32_t)below(4), chance(90) ? buffer : NULL, row);
        break;
    case 2:
        dragon_result_mask(result, chance(90) ? masks[1] : NULL, row);
        break;
    case 3:
        dragon_result_mask_float(result, chance(90) ? (float *)buffer : NULL, row);
        break;
    default:
        dragon_result_free(result);
    }
}

static void call_lists(void) {
    dragon_model_list *list = handle((void **)lists);
    char text[32];
    size_t index = chance(90) ? below(3) : (size_t)draw_number() << below(33), size = below(sizeof text + 1);
    switch (below(6)) {
    case 0:
        dragon_model_list_count(list);
        break;
    case 1:
        dragon_model_list_path(list, index, text, size);
        break;
    case 2:
        dragon_model_list_name(list, index, text, size);
        break;
    case 3:
        dragon_model_list_problem(list, index, NULL, size);
        break;
    case 4:
        dragon_model_list_free(list);
        break;
    default:
        if (chance(5))
            dragon_model_list_create(chance(90) ? &lists[below(SLOTS)] : NULL);
    }
}

static void count(dragon_status status) {
    CHECK(status >= DRAGON_OK && status <= DRAGON_WRONG_VERSION, "%d", status);
    if (status >= 0 && status <= DRAGON_WRONG_VERSION)
        seen[status]++;
}

static void call_selectors(void) {
    wild = chance(50);
    int32_t width = (int32_t)(1 + below(MOST)), height = (int32_t)(1 + below(MOST));
    uint32_t slot = below(SLOTS);
    if (chance(20)) {
        dragon_picture shown = picture(width, height);
        dragon_selector_free(selectors[slot]);
        count(dragon_selector_create(chance(95) ? &shown : NULL, &selectors[slot]));
        return;
    }
    dragon_point points[8];
    for (int i = 0; i < 8; i++)
        points[i] = odd(20) ? (dragon_point){number(), number()}
                            : (dragon_point){below((uint32_t)width), below((uint32_t)height)};
    dragon_hint hint = {.size = struct_size(sizeof hint), .inside = points, .outside = points + 4};
    hint.inside_count = odd(5) ? (size_t)draw_number() << below(33) : below(5);
    hint.outside_count = odd(5) ? SIZE_MAX : below(3);
    if (hint.inside_count > 4 && hint.inside_count <= DRAGON_MOST_POINTS)
        hint.inside_count = 4;
    if (chance(20))
        hint.outline = mask(0, width, height);
    else if (chance(40))
        hint.box_x = number(), hint.box_y = number(), hint.box_width = number() * 3, hint.box_height = number() * 3;
    char text[32];
    count(dragon_selector_find(handle((void **)selectors), chance(95) ? &hint : NULL, chance(95) ? buffer : NULL,
                               chance(80) ? 0 : stride(width)));
    dragon_mask object = mask(0, width, height);
    int32_t is_found;
    count(dragon_selector_find_held(handle((void **)selectors), chance(95) ? &hint : NULL,
                                    chance(95) ? &is_found : NULL, chance(95) ? buffer : NULL,
                                    chance(80) ? 0 : stride(width)));
    count(dragon_selector_find_shadow(handle((void **)selectors), chance(95) ? &object : NULL,
                                      chance(95) ? &is_found : NULL, chance(95) ? buffer : NULL,
                                      chance(80) ? 0 : stride(width)));
    if (chance(10))
        count(dragon_selector_attend(handle((void **)selectors), handle((void **)models), NULL, NULL));
    dragon_selector_message(handle((void **)selectors), text, below(sizeof text + 1));
}

static void call_edits(void) {
    wild = chance(50);
    dragon_point points[8];
    dragon_parameters values = parameters();
    dragon_request all = request(&values, points);
    dragon_estimate estimate = {.size = struct_size(sizeof estimate)};
    dragon_model *model = handle((void **)models);
    uint32_t slot = below(SLOTS), kind = below(100);
    char text[32];
    if (kind < 2) {
        // A few real edits: small pictures, one step.
        dragon_result_free(results[slot]);
        if (chance(80)) {
            count(dragon_edit(model, &all, &results[slot]));
        } else {
            const dragon_request *frames[] = {&all, chance(90) ? &all : NULL};
            dragon_result *edited[2] = {NULL, NULL};
            count(dragon_edit_frames(model, frames, 1 + below(2), edited));
            results[slot] = edited[0];
            dragon_result_free(edited[1]);
        }
    } else if (kind < 60) {
        count(dragon_edit_estimate(model, chance(98) ? &all : NULL, chance(98) ? &estimate : NULL));
    } else {
        dragon_result_free(results[slot]);
        count(
            dragon_preview(chance(98) ? &all : NULL, &results[slot], chance(90) ? text : NULL, below(sizeof text + 1)));
    }
}

void test_fuzz(unsigned calls) {
    state = 20261124;
    setenv("DRAGON_MODEL_PATH", model_path, 1);
    for (int i = 0; i < BUFFER; i++) {
        // Floats of 0.5 and some others, whatever the format takes them for.
        buffer[i] = (uint8_t)(i % 4 == 3 ? 0x3F : draw_number() & 0x7F);
        masks[0][i] = i / 40 % 3 == 0 ? 255 : 0;
        masks[1][i] = i % 7 < 3 ? 200 : 3;
    }
    for (int i = 0; i < 3; i++)
        dragon_model_open(model_path, 0, &models[i]);
    for (unsigned i = 0; i < calls; i++) {
        void (*kinds[])(void) = {call_models, call_results, call_lists, call_edits, call_edits};
        if (below(20) == 0)
            call_selectors();
        else
            kinds[below(5)]();
    }
    for (int i = 0; i < SLOTS; i++) {
        dragon_model_close(models[i]);
        dragon_result_free(results[i]);
        dragon_model_list_free(lists[i]);
        dragon_selector_free(selectors[i]);
    }
    // Calls that are all refused at the door would prove little.
    printf("       ok %u, bad input %u, lacking %u, cancelled %u, invalid %u, version %u\n", seen[0], seen[1], seen[3],
           seen[4], seen[6], seen[7]);
    if (calls >= 10000)
        CHECK(seen[DRAGON_OK] > calls / 20 && seen[DRAGON_BAD_INPUT] > calls / 20, "%u of %u went well", seen[0],
              calls);
}
