#include "abi.h"

static dragon_result *edited(dragon_model *model, dragon_request *request) {
    dragon_result *result = NULL;
    EXPECT(model, dragon_edit(model, request, &result), DRAGON_OK, NULL);
    return result;
}

/// A result's colours and mask as floats; the caller frees them.
// One picture as bytes, words and floats, with rows apart and rows together: one result.
static void test_formats(dragon_model *model, dragon_result *expected) {
    enum { PAD = 13 };
    static uint8_t bytes[SIDE * (4 * SIDE + PAD)], words[SIDE * (8 * SIDE + PAD)], floats[SIDE * (16 * SIDE + PAD)];
    static uint8_t mask[SIDE * (SIDE + PAD)];
    memset(mask, 255, sizeof mask);
    dragon_request request = move_request();
    const uint8_t *source = request.picture.pixels;
    for (int y = 0; y < SIDE; y++) {
        memcpy(bytes + y * (4 * SIDE + PAD), source + y * 4 * SIDE, 4 * SIDE);
        memcpy(mask + y * (SIDE + PAD), request.mask.pixels + y * SIDE, SIDE);
        for (int i = 0; i < 4 * SIDE; i++) {
            uint16_t word = (uint16_t)(source[y * 4 * SIDE + i] * 257);
            float value = source[y * 4 * SIDE + i] / 255.0f;
            memcpy(words + y * (8 * SIDE + PAD) + 2 * i, &word, 2);
            memcpy(floats + y * (16 * SIDE + PAD) + 4 * i, &value, 4);
        }
    }
    request.mask = (dragon_mask){mask, SIDE, SIDE, SIDE + PAD};
    const void *pictures[] = {bytes, words, floats};
    for (int format = 0; format < 3; format++) {
        request.picture = (dragon_picture){pictures[format], SIDE, SIDE, (4 << format) * SIDE + PAD, format};
        dragon_result *result = edited(model, &request);
        CHECK(same_pixels(result, expected), "format %d", format);
        dragon_result_free(result);
    }
}

// What is copied out in each format is the same picture, within the caller's rows alone.
static void test_copies(dragon_result *result) {
    dragon_result_info box = box_of(result);
    CHECK(box.width > 30 && box.height > 30 && box.x >= 0 && box.x + box.width <= SIDE, "%d %d", box.width, box.height);
    size_t count = (size_t)box.width * (size_t)box.height, stride = (size_t)box.width * 16 + 24;
    float *exact = floats_of(result);
    uint8_t *rows = malloc(stride * (size_t)box.height);
    for (int format = 0; format < 3; format++) {
        memset(rows, 0xAB, stride * (size_t)box.height);
        CHECK(dragon_result_pixels(result, format, rows, (int64_t)stride) == DRAGON_OK, "format %d", format);
        for (size_t i = 0; i < 4 * count; i++) {
            uint8_t *sample =
                rows + i / (4 * (size_t)box.width) * stride + i % (4 * (size_t)box.width) * (1u << format);
            uint16_t word;
            memcpy(&word, sample, 2);
            float value = format == 0 ? *sample / 255.0f : word / 65535.0f;
            if (format == 2)
                memcpy(&value, sample, 4);
            float error = value - exact[i], most = format == 0 ? 0.5f / 255 + 1e-6f : format == 1 ? 1e-5f : 0;
            if (error > most || error < -most)
                return CHECK(false, "format %d, sample %zu: %g", format, i, (double)error);
            if (i % 4 == 3)
                CHECK(exact[i] == 1, "opaque");
        }
        uint8_t *gap = rows + (size_t)box.width * (4u << format);
        for (size_t i = 0; i < stride - (size_t)box.width * (4u << format); i++)
            if (gap[i] != 0xAB)
                return CHECK(false, "format %d wrote between rows", format);
    }
    memset(rows, 0xAB, count);
    CHECK(dragon_result_mask(result, rows, 0) == DRAGON_OK, "mask");
    bool full = false;
    for (size_t i = 0; i < count; i++) {
        float error = rows[i] / 255.0f - exact[4 * count + i];
        if (error > 0.002f || error < -0.002f)
            return CHECK(false, "mask %zu: %g", i, (double)error);
        full |= rows[i] == 255;
    }
    CHECK(full, "something is covered wholly");
    free(rows);
    free(exact);
}

static void test_wrong_results(dragon_result *result) {
    dragon_result_info box = box_of(result);
    static uint8_t buffer[16 * PIXELS];
    CHECK(dragon_result_pixels(result, DRAGON_RGBA_U8, NULL, 0) == DRAGON_BAD_INPUT, "NULL");
    CHECK(dragon_result_mask(result, NULL, 0) == DRAGON_BAD_INPUT, "NULL");
    CHECK(dragon_result_mask_float(result, NULL, 0) == DRAGON_BAD_INPUT, "NULL");
    CHECK(dragon_result_pixels(result, 3, buffer, 0) == DRAGON_BAD_INPUT, "a format that is none");
    int64_t strides[] = {-1, 1, box.width - 1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof strides / sizeof *strides; i++) {
        CHECK(dragon_result_pixels(result, DRAGON_RGBA_U8, buffer, strides[i]) == DRAGON_BAD_INPUT, "%zu", i);
        CHECK(dragon_result_mask(result, buffer, strides[i]) == DRAGON_BAD_INPUT, "%zu", i);
        CHECK(dragon_result_mask_float(result, (float *)buffer, strides[i]) == DRAGON_BAD_INPUT, "%zu", i);
    }
    box.size = 7;
    CHECK(dragon_result_describe(result, &box) == DRAGON_WRONG_VERSION, "size");
    CHECK(dragon_result_describe(result, NULL) == DRAGON_BAD_INPUT, "NULL");
    dragon_result_free(result);
    dragon_result *wrong[] = {NULL, result, (dragon_result *)buffer};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        box.size = sizeof box;
        CHECK(dragon_result_describe(wrong[i], &box) == DRAGON_INVALID_HANDLE, "%zu", i);
        CHECK(dragon_result_pixels(wrong[i], DRAGON_RGBA_U8, buffer, 0) == DRAGON_INVALID_HANDLE, "%zu", i);
        CHECK(dragon_result_mask(wrong[i], buffer, 0) == DRAGON_INVALID_HANDLE, "%zu", i);
        CHECK(dragon_result_mask_float(wrong[i], (float *)buffer, 0) == DRAGON_INVALID_HANDLE, "%zu", i);
        dragon_result_free(wrong[i]);
    }
}

// A move's layers: the ground reaches as far as the old place, the object alone is as large as the square.
static void test_parts(dragon_result *result) {
    dragon_result *ground = NULL, *object = NULL, *none = (dragon_result *)1;
    CHECK(dragon_result_part(result, DRAGON_PART_GROUND, &ground) == DRAGON_OK && ground, "ground");
    CHECK(dragon_result_part(result, DRAGON_PART_OBJECT, &object) == DRAGON_OK && object, "object");
    dragon_result_info all = box_of(result), low = box_of(ground), high = box_of(object);
    CHECK(low.x >= all.x && high.x + high.width <= all.x + all.width, "both lie in the result");
    CHECK(high.width < all.width && low.x == all.x, "the object is a part of it");
    static uint8_t mask[PIXELS], extent[PIXELS];
    CHECK(dragon_result_mask(object, mask, 0) == DRAGON_OK &&
              mask[high.width * high.height / 2 + high.width / 2] == 255,
          "the object covers its middle");
    CHECK(dragon_result_part(object, DRAGON_PART_GROUND, &none) == DRAGON_OK && !none, "a layer has no layers");
    CHECK(dragon_result_part(result, 2, &none) == DRAGON_BAD_INPUT && !none, "a part that is none");
    CHECK(dragon_result_part(result, DRAGON_PART_OBJECT, NULL) == DRAGON_BAD_INPUT, "nowhere to put it");
    dragon_result_free(object);
    CHECK(dragon_result_part(object, DRAGON_PART_OBJECT, &none) == DRAGON_INVALID_HANDLE, "freed");
    CHECK(dragon_result_extent(result, extent, 0) == DRAGON_OK && dragon_result_mask(result, mask, 0) == DRAGON_OK, "");
    size_t soft = 0, differ = 0;
    for (int i = 0; i < all.width * all.height; i++) {
        soft += extent[i] > 0 && extent[i] < 255;
        differ += extent[i] > mask[i];
    }
    CHECK(soft > 0 && differ == 0, "%zu soft, %zu beyond the mask", soft, differ);
    CHECK(dragon_result_extent(result, NULL, 0) == DRAGON_BAD_INPUT, "NULL");
    dragon_result_free(ground);
}

// Frames are edited alike; nothing is given where one is no good.
static void test_frames(dragon_model *model) {
    enum { FRAMES = 3 };
    static uint8_t none[PIXELS];
    dragon_request frames[FRAMES];
    const dragon_request *requests[FRAMES];
    for (int i = 0; i < FRAMES; i++) {
        frames[i] = move_request();
        requests[i] = &frames[i];
    }
    frames[1].mask.pixels = none;
    dragon_result *results[FRAMES];
    memset(results, 7, sizeof results);
    EXPECT(model, dragon_edit_frames(model, requests, FRAMES, results), DRAGON_OK, NULL);
    static uint8_t first[4 * PIXELS], last[4 * PIXELS];
    CHECK(dragon_result_pixels(results[0], DRAGON_RGBA_U8, first, 0) == DRAGON_OK, "first");
    CHECK(dragon_result_pixels(results[2], DRAGON_RGBA_U8, last, 0) == DRAGON_OK, "last");
    // Beside its own keys and values a frame sees those of the anchor: the same, but summed otherwise.
    for (int i = 0; i < 4 * PIXELS; i++)
        if (abs(first[i] - last[i]) > 1)
            return CHECK(false, "frames that are the same become the same: %d, %d and %d", i, first[i], last[i]);
    static uint8_t mask[PIXELS];
    dragon_result_info box = box_of(results[1]);
    CHECK(dragon_result_mask(results[1], mask, 0) == DRAGON_OK, "mask");
    for (int i = 0; i < box.width * box.height; i++)
        CHECK(mask[i] == 0, "nothing is done to a frame without the object");
    for (int i = 0; i < FRAMES; i++)
        dragon_result_free(results[i]);
    frames[2].mode = DRAGON_REMOVE;
    EXPECT(model, dragon_edit_frames(model, requests, FRAMES, results), DRAGON_BAD_INPUT, "one mode");
    CHECK(!results[0] && !results[1] && !results[2], "nothing is given");
    requests[2] = NULL;
    EXPECT(model, dragon_edit_frames(model, requests, FRAMES, results), DRAGON_BAD_INPUT, "NULL");
    EXPECT(model, dragon_edit_frames(model, requests, 0, results), DRAGON_BAD_INPUT, "give 1 to");
    EXPECT(model, dragon_edit_frames(model, requests, SIZE_MAX, results), DRAGON_BAD_INPUT, "give 1 to");
    EXPECT(model, dragon_edit_frames(model, NULL, 2, results), DRAGON_BAD_INPUT, "NULL");
    EXPECT(model, dragon_edit_frames(model, requests, 2, NULL), DRAGON_BAD_INPUT, "NULL");
    CHECK(dragon_edit_frames(NULL, requests, 2, results) == DRAGON_INVALID_HANDLE, "no model");
}

// Every mode runs, and previews.
static void test_modes(dragon_model *model) {
    dragon_point handles[] = {{40, 40}}, targets[] = {{50, 44}};
    for (dragon_mode mode = DRAGON_MOVE; mode <= DRAGON_REMOVE; mode++) {
        dragon_request request = move_request();
        request.mode = mode;
        request.handles = handles;
        request.targets = targets;
        request.point_count = 1;
        request.resize = mode == DRAGON_RESIZE ? 1.3 : 0;
        request.reference = request.picture;
        request.reference_mask = request.mask;
        move_parameters.steps = 1;
        request.parameters = &move_parameters;
        dragon_result *result = edited(model, &request);
        CHECK(box_of(result).width > 8, "mode %d", mode);
        dragon_result_free(result);
        char message[256] = "?";
        dragon_status status = dragon_preview(&request, &result, message, sizeof message);
        CHECK(status == DRAGON_OK && message[0] == 0, "mode %d: %s", mode, message);
        dragon_result_info box = box_of(result);
        CHECK(box.x == 0 && box.y == 0 && box.width == SIDE && box.height == SIDE, "a preview covers the picture");
        dragon_result_free(result);
    }
}

// Turned by a quarter and mirrored in its place, the object keeps its pixels: what was right of its middle lies below it.
static void test_turn(void) {
    dragon_request request = move_request();
    dragon_result *result = NULL;
    request.displacement = (dragon_point){0, 0};
    CHECK(dragon_preview(&request, &result, NULL, 0) == DRAGON_BAD_INPUT, "neither moved nor turned");
    request.rotate = 90;
    request.flip = 1;
    CHECK(dragon_preview(&request, &result, NULL, 0) == DRAGON_OK, "a turn alone");
    static uint8_t shown[4 * PIXELS];
    CHECK(dragon_result_pixels(result, DRAGON_RGBA_U8, shown, 0) == DRAGON_OK, "pixels");
    const uint8_t *before = request.picture.pixels;
    // The object is a square from 30 to 60.
    for (int y = 32; y < 58; y++)
        for (int x = 32; x < 58; x++)
            CHECK(memcmp(shown + 4 * (y * SIDE + x), before + 4 * ((89 - x) * SIDE + 89 - y), 3) == 0, "%d,%d", x, y);
    dragon_result_free(result);
}

// A preview shows the object at its new place, and leaves the rest alone.
static void test_preview(void) {
    dragon_request request = move_request();
    dragon_result *result = NULL;
    CHECK(dragon_preview(&request, &result, NULL, 0) == DRAGON_OK, "without a place for words");
    static uint8_t shown[4 * PIXELS], mask[PIXELS];
    CHECK(dragon_result_pixels(result, DRAGON_RGBA_U8, shown, 0) == DRAGON_OK, "pixels");
    CHECK(dragon_result_mask(result, mask, 0) == DRAGON_OK, "mask");
    const uint8_t *before = request.picture.pixels;
    int from = 4 * (45 * SIDE + 45), to = 4 * (55 * SIDE + 75), corner = 4 * (120 * SIDE + 5);
    CHECK(memcmp(shown + to, before + from, 3) == 0 && mask[to / 4] == 255, "the object is there, pixel for pixel");
    CHECK(shown[4 * (35 * SIDE + 35)] < 120, "its old place is filled: %d", shown[4 * (35 * SIDE + 35)]);
    CHECK(memcmp(shown + corner, before + corner, 4) == 0 && mask[corner / 4] == 0, "the rest is as it was");
    dragon_result_free(result);
}

// What belongs in part arrives in part. Less than one half alone is no object.
static void test_soft_mask(void) {
    static uint8_t mask[PIXELS], shown[4 * PIXELS];
    dragon_request request = move_request();
    const uint8_t *before = request.picture.pixels;
    for (int i = 0; i < PIXELS; i++)
        mask[i] = request.mask.pixels[i] ? 153 : 0;
    request.mask.pixels = mask;
    dragon_result *result = NULL;
    CHECK(dragon_preview(&request, &result, NULL, 0) == DRAGON_OK, "a preview");
    CHECK(dragon_result_pixels(result, DRAGON_RGBA_U8, shown, 0) == DRAGON_OK, "pixels");
    int from = 4 * (45 * SIDE + 45), to = 4 * (55 * SIDE + 75), wanted = (3 * before[from] + 2 * before[to]) / 5;
    CHECK(abs(shown[to] - wanted) <= 2, "three fifths of the object: %d, not %d", shown[to], wanted);
    dragon_result_free(result);
    for (int i = 0; i < PIXELS; i++)
        mask[i] = request.mask.pixels[i] ? 127 : 0;
    CHECK(dragon_preview(&request, &result, NULL, 0) == DRAGON_BAD_INPUT, "no object");
}

// Of a cut-out, what was moved away leaves nothing behind, and stands opaque at its new place.
static void test_alpha(dragon_model *model) {
    static uint8_t picture[4 * PIXELS], found[4 * PIXELS];
    dragon_request request = move_request();
    memcpy(picture, request.picture.pixels, sizeof picture);
    for (int i = 0; i < PIXELS; i++)
        picture[4 * i + 3] = request.mask.pixels[i] >= 128 ? 255 : 0;
    request.picture.pixels = picture;
    request.displacement = (dragon_point){40, 0};
    dragon_result *result = edited(model, &request);
    dragon_result_info box = box_of(result);
    CHECK(dragon_result_pixels(result, DRAGON_RGBA_U8, found, 0) == DRAGON_OK, "pixels");
    const uint8_t *old = found + 4 * ((45 - box.y) * box.width + 45 - box.x), *new = old + 4 * 40;
    CHECK(old[3] == 0 && new[3] == 255, "alpha %d and %d", old[3], new[3]);
    dragon_result_free(result);
}

void test_results(void) {
    dragon_model *model = open_model();
    dragon_request request = move_request();
    dragon_result *result = edited(model, &request);
    test_formats(model, result);
    test_modes(model);
    test_alpha(model);
    test_parts(result);
    test_frames(model);
    // Its colours are the result's own: neither the model nor the picture is needed any longer.
    dragon_model_close(model);
    test_copies(result);
    test_wrong_results(result);
    test_preview();
    test_turn();
    test_soft_mask();
}
