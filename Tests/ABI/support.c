#include "abi.h"

#include <stdarg.h>

extern int failures;
dragon_parameters move_parameters;

void check(bool holds, const char *file, int line, const char *condition, const char *format, ...) {
    if (holds)
        return;
    failures++;
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%d: not so: %s: ", file, line, condition);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void expect(dragon_model *model, dragon_status found, dragon_status expected, const char *words, const char *file,
            int line) {
    char message[512] = "";
    size_t length = dragon_model_message(model, message, sizeof message);
    check(found == expected, file, line, "the status", "status %d, expected %d: %s", found, expected, message);
    check(strchr(message, '\n') == NULL, file, line, "one line", "%s", message);
    if (expected == DRAGON_OK)
        check(length == 0, file, line, "no message", "%s", message);
    if (words)
        check(strstr(message, words) != NULL, file, line, "the words", "\"%s\" should say \"%s\"", message, words);
}

dragon_model *open_model(void) {
    dragon_model *model = NULL;
    dragon_status status = dragon_model_open(model_path, 0, &model);
    EXPECT(model, status, DRAGON_OK, NULL);
    if (!model)
        exit(1);
    return model;
}

void draw(uint8_t *pixels, uint8_t *mask) {
    uint32_t state = 1;
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            bool inside = x >= 30 && x < 60 && y >= 30 && y < 60;
            uint8_t *pixel = pixels + 4 * (y * SIDE + x);
            for (int c = 0; c < 3; c++) {
                state = state * 1664525 + 1013904223;
                pixel[c] = (uint8_t)((inside ? 180 : 40 + x / 2) + (state >> 28));
            }
            pixel[3] = 255;
            mask[y * SIDE + x] = inside ? 255 : 0;
        }
    }
}

dragon_request move_request(void) {
    static uint8_t pixels[4 * PIXELS], mask[PIXELS];
    draw(pixels, mask);
    move_parameters = (dragon_parameters){.size = sizeof move_parameters};
    CHECK(dragon_parameters_default(NULL, DRAGON_MOVE, &move_parameters) == DRAGON_OK, "the published ones");
    move_parameters.steps = 2;
    return (dragon_request){.size = sizeof(dragon_request),
                            .mode = DRAGON_MOVE,
                            .picture = {pixels, SIDE, SIDE, 0, DRAGON_RGBA_U8},
                            .mask = {mask, SIDE, SIDE, 0},
                            .displacement = {30, 10},
                            .parameters = &move_parameters};
}

dragon_result_info box_of(dragon_result *result) {
    dragon_result_info info = {.size = sizeof info};
    CHECK(dragon_result_describe(result, &info) == DRAGON_OK, "a result says where it lies");
    return info;
}

float *floats_of(dragon_result *result) {
    dragon_result_info box = box_of(result);
    size_t count = (size_t)box.width * (size_t)box.height;
    float *all = calloc(count, 5 * sizeof *all);
    CHECK(dragon_result_pixels(result, DRAGON_RGBA_FLOAT, all, 0) == DRAGON_OK, "pixels");
    CHECK(dragon_result_mask_float(result, all + 4 * count, 0) == DRAGON_OK, "mask");
    return all;
}

bool same_pixels(dragon_result *a, dragon_result *b) {
    dragon_result_info box = box_of(a), other = box_of(b);
    if (memcmp(&box, &other, sizeof box) != 0)
        return false;
    float *x = floats_of(a), *y = floats_of(b);
    bool equal = memcmp(x, y, (size_t)box.width * (size_t)box.height * 5 * sizeof *x) == 0;
    free(x);
    free(y);
    return equal;
}
