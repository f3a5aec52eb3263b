// Objects are found in pictures.
#include "abi.h"

#include <pthread.h>

static uint8_t pixels[4 * PIXELS], truth[PIXELS], found[PIXELS + 8];

static dragon_picture picture(void) {
    return (dragon_picture){pixels, SIDE, SIDE, 0, DRAGON_RGBA_U8};
}

static dragon_selector *open_selector(void) {
    dragon_picture shown = picture();
    dragon_selector *selector = NULL;
    CHECK(dragon_selector_create(&shown, &selector) == DRAGON_OK && selector);
    return selector;
}

static int wrong(const uint8_t *mask) {
    int count = 0;
    for (int i = 0; i < PIXELS; i++)
        count += (mask[i] >= 128) != (truth[i] >= 128);
    return count;
}

static void expect_find(dragon_selector *selector, const dragon_hint *hint, dragon_status status, const char *words) {
    char message[256] = "";
    CHECK(dragon_selector_find(selector, hint, found, 0) == status, "of “%s”", words);
    size_t length = dragon_selector_message(selector, message, sizeof message);
    CHECK(strstr(message, words) != NULL && (status != DRAGON_OK || length == 0), "“%s” should say “%s”", message,
          words);
}

static void test_ways(dragon_selector *selector) {
    static uint8_t outline[SIDE * (SIDE + 4)];
    for (int y = 22; y < 68; y++)
        memset(outline + y * (SIDE + 4) + 24, 255, 44);
    dragon_point inside = {45, 45}, outside = {100, 100};
    dragon_hint hints[] = {
        {.outline = {outline, SIDE, SIDE, SIDE + 4}},
        {.inside = &inside, .inside_count = 1},
        {.inside = &inside, .inside_count = 1, .outside = &outside, .outside_count = 1},
        {.box_x = 26.5, .box_y = 26, .box_width = 37, .box_height = 38.2},
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        hints[i].size = sizeof *hints;
        memset(found, 77, sizeof found);
        expect_find(selector, &hints[i], DRAGON_OK, "");
        CHECK(wrong(found) < 40, "hint %zu: %d wrong", i, wrong(found));
        CHECK(found[PIXELS] == 77);
    }
}

static void test_refusals(dragon_selector *selector) {
    dragon_point far = {SIDE, 1};
    dragon_hint hint = {.size = sizeof hint};
    expect_find(selector, NULL, DRAGON_BAD_INPUT, "NULL");
    expect_find(selector, &hint, DRAGON_BAD_INPUT, "a point");
    hint.inside = &far;
    hint.inside_count = 1;
    expect_find(selector, &hint, DRAGON_BAD_INPUT, "outside the picture");
    hint.inside_count = SIZE_MAX;
    expect_find(selector, &hint, DRAGON_BAD_INPUT, "too many");
    hint.inside_count = 0;
    hint.outline = (dragon_mask){truth, SIDE, SIDE - 1, 0};
    expect_find(selector, &hint, DRAGON_BAD_INPUT, "128×127");
    hint.outline = (dragon_mask){truth, SIDE, SIDE, 0};
    hint.box_width = 5;
    hint.box_height = 5;
    expect_find(selector, &hint, DRAGON_BAD_INPUT, "one of them");
    hint.size = sizeof hint - 8;
    expect_find(selector, &hint, DRAGON_WRONG_VERSION, "size");
    hint.size = sizeof hint;
    hint.box_width = 0;
    CHECK(dragon_selector_find(selector, &hint, NULL, 0) == DRAGON_BAD_INPUT);
    CHECK(dragon_selector_find(selector, &hint, found, SIDE - 1) == DRAGON_BAD_INPUT);
    CHECK(dragon_selector_find(NULL, &hint, found, 0) == DRAGON_INVALID_HANDLE);
    CHECK(dragon_selector_message(NULL, NULL, 0) == 0);
}

// An even ground, dark below the square where it is to have a shadow.
static dragon_selector *open_floor(bool has_shadow) {
    static uint8_t ground[4 * PIXELS];
    for (int i = 0; i < PIXELS; i++) {
        bool is_dark = has_shadow && i / SIDE >= 60 && i / SIDE < 74 && i % SIDE >= 34 && i % SIDE < 78;
        memset(ground + 4 * i, truth[i] ? 240 : (is_dark ? 90 : 170) + i * 7 % 5, 3);
        ground[4 * i + 3] = 255;
    }
    dragon_picture shown = {ground, SIDE, SIDE, 0, DRAGON_RGBA_U8};
    dragon_selector *selector = NULL;
    CHECK(dragon_selector_create(&shown, &selector) == DRAGON_OK && selector);
    return selector;
}

// What a handle holds is the object, alone or within a region, whose ground is nobody's to hold.
static void test_held(dragon_selector *selector) {
    static uint8_t region[PIXELS];
    for (int i = 0; i < PIXELS; i++)
        region[i] = i / SIDE > 8 && i / SIDE < 90 && i % SIDE > 8 && i % SIDE < 80 ? 255 : 0;
    dragon_point handle = {45, 45};
    dragon_hint hint = {.size = sizeof hint, .inside = &handle, .inside_count = 1};
    int32_t is_found;
    for (int with_region = 0; with_region < 2; with_region++) {
        hint.outline = (dragon_mask){with_region ? region : NULL, SIDE, SIDE, 0};
        is_found = 7;
        memset(found, 77, sizeof found);
        CHECK(dragon_selector_find_held(selector, &hint, &is_found, found, 0) == DRAGON_OK && is_found == 1);
        CHECK(wrong(found) < 40 && found[PIXELS] == 77, "%d wrong", wrong(found));
    }
    hint.outline.height = SIDE - 1;
    CHECK(dragon_selector_find_held(selector, &hint, &is_found, found, 0) == DRAGON_BAD_INPUT);
    hint.outline = (dragon_mask){0};
    CHECK(dragon_selector_find_held(selector, NULL, &is_found, found, 0) == DRAGON_BAD_INPUT);
    CHECK(dragon_selector_find_held(selector, &hint, NULL, found, 0) == DRAGON_BAD_INPUT);
    CHECK(dragon_selector_find_held(selector, &hint, &is_found, NULL, 0) == DRAGON_BAD_INPUT);
    CHECK(dragon_selector_find_held(NULL, &hint, &is_found, found, 0) == DRAGON_INVALID_HANDLE);
    hint.inside_count = 0;
    CHECK(dragon_selector_find_held(selector, &hint, &is_found, found, 0) == DRAGON_OK && is_found == 0);
    CHECK(found[45 * SIDE + 45] == 0);
}

static void test_shadows(void) {
    dragon_selector *selector = open_floor(false), *other = open_floor(true);
    dragon_mask object = {truth, SIDE, SIDE, 0};
    int32_t is_found = 7;
    memset(found, 77, sizeof found);
    CHECK(dragon_selector_find_shadow(selector, &object, &is_found, found, 0) == DRAGON_OK && is_found == 0);
    for (int i = 0; i < PIXELS; i++)
        if (found[i] != 0)
            return CHECK(false, "pixel %d is %d", i, found[i]);
    CHECK(found[PIXELS] == 77);
    CHECK(dragon_selector_find_shadow(other, &object, &is_found, found, 0) == DRAGON_OK && is_found == 1);
    CHECK(found[66 * SIDE + 50] == 255 && found[20 * SIDE + 110] == 0);
    dragon_selector_free(other);
    CHECK(dragon_selector_find_shadow(selector, NULL, &is_found, found, 0) == DRAGON_BAD_INPUT);
    CHECK(dragon_selector_find_shadow(selector, &object, NULL, found, 0) == DRAGON_BAD_INPUT);
    CHECK(dragon_selector_find_shadow(selector, &object, &is_found, NULL, 0) == DRAGON_BAD_INPUT);
    CHECK(dragon_selector_find_shadow(selector, &object, &is_found, found, 3) == DRAGON_BAD_INPUT);
    object.height = SIDE - 1;
    CHECK(dragon_selector_find_shadow(selector, &object, &is_found, found, 0) == DRAGON_BAD_INPUT);
    object.pixels = NULL;
    CHECK(dragon_selector_find_shadow(selector, &object, &is_found, found, 0) == DRAGON_BAD_INPUT);
    CHECK(dragon_selector_find_shadow(other, &object, &is_found, found, 0) == DRAGON_INVALID_HANDLE);
    dragon_selector_free(selector);
}

static int32_t refuse(const dragon_progress *progress, void *data) {
    (void)data;
    CHECK(progress->size == sizeof *progress && progress->fraction >= 0 && progress->fraction <= 1, "sound progress");
    return 1;
}

static void expect_attend(dragon_selector *selector, dragon_model *model, dragon_progress_callback progress,
                          dragon_status status, const char *words) {
    char message[256] = "";
    CHECK(dragon_selector_attend(selector, model, progress, NULL) == status, "of “%s”", words);
    dragon_selector_message(selector, message, sizeof message);
    CHECK(strstr(message, words) != NULL && (message[0] != 0) == (status != DRAGON_OK), "“%s” should say “%s”", message,
          words);
}

/// A look at a selector's picture on a thread of its own.
typedef struct {
    dragon_selector *selector;
    dragon_model *model;
    dragon_status status;
} attention;

static void *look(void *data) {
    attention *look = data;
    for (int i = 0; i < 4; i++)
        look->status = dragon_selector_attend(look->selector, look->model, NULL, NULL);
    return NULL;
}

// What is found meanwhile is found.
static void test_find_while_attending(dragon_selector *selector, dragon_model *model) {
    attention attention = {selector, model, DRAGON_BAD_INPUT};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, look, &attention) == 0, "a thread");
    for (int i = 0; i < 4; i++)
        test_ways(selector);
    pthread_join(thread, NULL);
    CHECK(attention.status == DRAGON_OK, "%d", attention.status);
}

static void test_attention(void) {
    dragon_selector *selector = open_selector(), *broken = NULL;
    dragon_picture none = {NULL, SIDE, SIDE, 0, DRAGON_RGBA_U8};
    dragon_model *model = open_model(), *missing = NULL;
    expect_attend(selector, model, refuse, DRAGON_CANCELLED, "cancelled");
    test_ways(selector);
    expect_attend(selector, model, NULL, DRAGON_OK, "");
    test_ways(selector);
    test_find_while_attending(selector, model);
    CHECK(dragon_selector_attend(NULL, model, NULL, NULL) == DRAGON_INVALID_HANDLE);
    CHECK(dragon_selector_attend(selector, NULL, NULL, NULL) == DRAGON_INVALID_HANDLE);
    CHECK(dragon_selector_attend(selector, (dragon_model *)selector, NULL, NULL) == DRAGON_INVALID_HANDLE);
    CHECK(dragon_model_open("/no/such/model", 0, &missing) == DRAGON_BAD_MODEL && missing);
    expect_attend(selector, missing, NULL, DRAGON_BAD_MODEL, "did not load");
    CHECK(dragon_selector_create(&none, &broken) == DRAGON_BAD_INPUT && broken);
    expect_attend(broken, model, NULL, DRAGON_BAD_INPUT, "no picture");
    dragon_selector_free(broken);
    dragon_model_close(missing);
    dragon_model_close(model);
    CHECK(dragon_selector_attend(selector, model, NULL, NULL) == DRAGON_INVALID_HANDLE);
    dragon_selector_free(selector);
    CHECK(dragon_selector_attend(selector, model, NULL, NULL) == DRAGON_INVALID_HANDLE);
}

void test_selectors(void) {
    dragon_picture none = {0};
    dragon_selector *broken = NULL;
    draw(pixels, truth);
    dragon_selector *selector = open_selector();
    test_ways(selector);
    test_refusals(selector);
    test_attention();
    test_held(selector);
    test_shadows();
    dragon_selector_free(selector);
    dragon_hint hint = {.size = sizeof hint};
    CHECK(dragon_selector_find(selector, &hint, found, 0) == DRAGON_INVALID_HANDLE);
    dragon_selector_free(selector);

    CHECK(dragon_selector_create(&none, &broken) == DRAGON_BAD_INPUT && broken);
    char message[256] = "";
    CHECK(dragon_selector_message(broken, message, sizeof message) > 0 && strstr(message, "NULL"));
    expect_find(broken, &hint, DRAGON_BAD_INPUT, "no picture");
    dragon_selector_free(broken);
    CHECK(dragon_selector_create(NULL, &broken) == DRAGON_BAD_INPUT);
    CHECK(dragon_selector_create(&none, NULL) == DRAGON_BAD_INPUT);
}
