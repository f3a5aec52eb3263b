#include "abi.h"

#include <png.h>

static void write_png(const char *path, uint32_t format, const void *pixels) {
    png_image image = {.version = PNG_IMAGE_VERSION, .width = SIDE, .height = SIDE, .format = format};
    CHECK(png_image_write_to_file(&image, path, 0, pixels, 0, NULL), "%s: %s", path, image.message);
}

// The result's pixels under its mask are what the command line writes for the same edit, bit for bit.
void test_command_line(void) {
    char picture[600], mask[600], output[600], command[4000];
    snprintf(picture, sizeof picture, "%s/picture.png", work_path);
    snprintf(mask, sizeof mask, "%s/mask.png", work_path);
    snprintf(output, sizeof output, "%s/edited.png", work_path);
    dragon_request request = move_request();
    write_png(picture, PNG_FORMAT_RGBA, request.picture.pixels);
    write_png(mask, PNG_FORMAT_GRAY, request.mask.pixels);
    snprintf(command, sizeof command,
             "'%s' move --model '%s' -i '%s' --mask '%s' --from 0,0 --to 30,10 --prompt 'a square' --preset fast "
             "--quiet -o '%s'",
             program_path, model_path, picture, mask, output);
    CHECK(system(command) == 0, "%s", command);

    dragon_model *model = open_model();
    dragon_parameters parameters = {.size = sizeof parameters};
    EXPECT(model, dragon_parameters_default(model, DRAGON_MOVE, &parameters), DRAGON_OK, NULL);
    parameters.preset = DRAGON_PRESET_FAST;
    request.parameters = &parameters;
    request.prompt = "a square";
    dragon_result *result = NULL;
    EXPECT(model, dragon_edit(model, &request, &result), DRAGON_OK, NULL);
    dragon_model_close(model);
    dragon_result_info box = box_of(result);
    static float colours[4 * PIXELS], share[PIXELS];
    CHECK(dragon_result_pixels(result, DRAGON_RGBA_FLOAT, colours, 0) == DRAGON_OK, "pixels");
    CHECK(dragon_result_mask_float(result, share, 0) == DRAGON_OK, "mask");
    dragon_result_free(result);

    static uint8_t expected[4 * PIXELS], found[4 * PIXELS];
    png_image image = {.version = PNG_IMAGE_VERSION};
    CHECK(png_image_begin_read_from_file(&image, output), "%s", image.message);
    image.format = PNG_FORMAT_RGBA;
    CHECK(image.width == SIDE && png_image_finish_read(&image, NULL, expected, 0, NULL), "%s", image.message);
    memcpy(found, request.picture.pixels, sizeof found);
    for (int i = 0; i < box.width * box.height; i++) {
        uint8_t *pixel = found + 4 * ((i / box.width + box.y) * SIDE + i % box.width + box.x);
        for (int c = 0; c < 3; c++) {
            float value = pixel[c] + share[i] * (colours[4 * i + c] * 255.0f - pixel[c]);
            pixel[c] = (uint8_t)(value + 0.5f);
        }
    }
    int differences = 0, changes = 0;
    for (int i = 0; i < 4 * PIXELS; i++) {
        differences += abs(found[i] - expected[i]) > 0;
        changes += found[i] != ((const uint8_t *)request.picture.pixels)[i];
    }
    CHECK(differences == 0, "%d samples differ", differences);
    CHECK(changes > 900, "only %d samples changed at all", changes);
}
