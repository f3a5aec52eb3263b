// The plug-in's plain C: options, edits as text, requests.
#include <math.h>
#include <string.h>
#include "check.h"
#include "masks.h"
#include "pace.h"
#include "request.h"

static gboolean sets(const char *text) {
    Edit *edit = edit_new(mode_of(DRAGON_MOVE));
    GError *error = NULL;
    gboolean good = edit_set_text(edit, text, &error);
    CHECK(good == (error == NULL));
    g_clear_error(&error);
    edit_free(edit);
    return good;
}

static void test_text(void) {
    CHECK(sets("") && sets(NULL) && sets(" ; \n") && sets("steps=5; plate=off;algorithm = diffeditor\ngrow=2.5"));
    CHECK(!sets("steps") && !sets("steps=0") && !sets("steps=1.5") && !sets("steps=nan") && !sets("steps=") &&
          !sets("=3"));
    CHECK(sets("preset=instant;lora=/a/b.safetensors;lora-scale=-0.5") && sets("preset=1") && !sets("preset=3"));
    CHECK(sets("precision=bf16;preset=fast") && sets("precision=0") && !sets("precision=fp16") &&
          sets("precision=int16") && !sets("precision=4"));
    CHECK(!sets("lora-scale=x") && !sets("lora-scale=1,2") && !sets("preset=slow"));
    CHECK(sets("soften=2.5") && sets("side=256") && !sets("side=4160") && !sets("soften=1001") && !sets("algorithm=x"));
    CHECK(!sets("side=100") && !sets("speed=1") && !sets("arrows=1,2,3") && !sets("displacement=1") &&
          !sets("resize=1,2"));
    CHECK(!sets("arrows=inf,1:2,3") && !sets("resize=x"));
    CHECK(sets("rotate=-30;flip=1") && sets("flip=0") && !sets("flip=2") && !sets("rotate=1,2") && !sets("rotate=nan"));

    Edit *edit = edit_new(mode_of(DRAGON_DRAG)), *again = edit_new(mode_of(DRAGON_DRAG));
    g_free(edit->prompt);
    edit->prompt = g_strdup("a; \"b\"\n=c\\ über");
    edit->displacement = (dragon_point){-1.25, 3};
    edit->resize = 0.5;
    edit->rotate = -30.5;
    edit->is_flipped = TRUE;
    g_free(edit->source_prompt);
    edit->source_prompt = g_strdup("a red cup; empty");
    g_free(edit->lora);
    edit->lora = g_strdup("/loras/a;b.safetensors");
    edit->lora_scale = 0.75;
    edit->options.at[OPTION_SEED] = 4294967295.0;
    Arrow arrow = {{1, 2}, {3.5, -4}};
    g_array_append_val(edit->arrows, arrow);
    char *text = edit_to_text(edit);
    CHECK(edit_set_text(again, text, NULL));
    char *text_again = edit_to_text(again);
    CHECK(strcmp(text, text_again) == 0 && strcmp(edit->prompt, again->prompt) == 0);
    CHECK(strcmp(again->source_prompt, "a red cup; empty") == 0);
    CHECK(again->rotate == -30.5 && again->is_flipped);
    CHECK(again->arrows->len == 1 && again->resize == 0.5 && again->options.at[OPTION_SEED] == 4294967295.0);
    CHECK(strcmp(again->lora, edit->lora) == 0 && again->lora_scale == 0.75);
    CHECK(edit_asks_same(edit, again, TRUE));
    again->lora_scale = 1;
    CHECK(!edit_asks_same(edit, again, TRUE));
    again->lora_scale = 0.75;
    again->options.at[OPTION_SEED] = NAN;
    CHECK(!edit_asks_same(edit, again, TRUE) && edit_asks_same(edit, again, FALSE));
    // In how many layers a result is laid changes nothing of it, but is remembered.
    again->lays_apart = TRUE;
    CHECK(edit_asks_same(edit, again, FALSE));
    again->options.at[OPTION_STEPS] = 7;
    CHECK(!edit_asks_same(edit, again, FALSE));
    char *apart = edit_to_text(again);
    CHECK(edit_set_text(edit, apart, NULL) && edit->lays_apart);
    CHECK(edit_set_text(edit, "layers=1", NULL) && !edit->lays_apart);
    CHECK(!edit_set_text(edit, "layers=3", NULL));
    g_free(apart);
    g_free(text);
    g_free(text_again);
    edit_free(edit);
    edit_free(again);
}

static void test_options(void) {
    OptionValues values;
    options_clear(&values);
    dragon_parameters parameters = {.energy_scale = 4, .steps = 50, .grow = 3}, before = parameters;
    options_apply(&values, &parameters);
    CHECK(memcmp(&parameters, &before, sizeof before) == 0);
    CHECK(options_set(&values, "strength", "0.5", NULL) && options_set(&values, "steps", "7", NULL));
    options_apply(&values, &parameters);
    CHECK(parameters.energy_scale == 2 && parameters.steps == 7 && parameters.grow == 3);
    CHECK(parameters.preset == DRAGON_PRESET_EXACT && options_set(&values, "preset", "instant", NULL));
    options_apply(&values, &parameters);
    CHECK(parameters.preset == DRAGON_PRESET_INSTANT && option_of_parameters(OPTION_PRESET, &parameters) == 2);
    CHECK(option_of_parameters(OPTION_STEPS, &parameters) == 7 && option_of_parameters(OPTION_GROW, &parameters) == 3);
    CHECK(parameters.fill == DRAGON_FILL_AUTO && options_set(&values, "fill", "network", NULL));
    options_apply(&values, &parameters);
    CHECK(options_set(&values, "network", "auto", NULL) && values.at[OPTION_NETWORK] == DRAGON_NETWORK_AUTO);
    CHECK(options_set(&values, "network", "off", NULL) && values.at[OPTION_NETWORK] == DRAGON_NETWORK_OFF);
    CHECK(parameters.fill == DRAGON_FILL_NETWORK && !options_set(&values, "fill", "neither", NULL));
}

// A shadow counts where it is wanted, of a mode that has it, and where the picture's own pixels are moved.
static void test_shadow(Edit *edit, Material *material) {
    const struct {
        dragon_mode mode;
        const char *values;
        gboolean counts;
    } cases[] = {{DRAGON_MOVE, "shadow=0", FALSE},         {DRAGON_MOVE, "shadow=1", TRUE},
                 {DRAGON_RESIZE, "shadow=1", TRUE},        {DRAGON_REMOVE, "shadow=1", TRUE},
                 {DRAGON_PASTE, "shadow=1", FALSE},        {DRAGON_MOVE, "shadow=1;plate=off", FALSE},
                 {DRAGON_MOVE, "shadow=1;plate=on", TRUE}, {DRAGON_MOVE, "shadow=0", FALSE}};
    material->shadow = mask_new(8, 8);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Request request;
        edit->mode = mode_of(cases[i].mode);
        CHECK(edit_set_text(edit, cases[i].values, NULL));
        request_fill(&request, edit, material, 1, 1);
        CHECK((request.engine.shadow.pixels != NULL) == cases[i].counts);
        request_clear(&request);
    }
    g_clear_pointer(&material->shadow, mask_free);
}

static void test_requests(void) {
    Edit *edit = edit_new(mode_of(DRAGON_MOVE));
    Material material = {0};
    CHECK(request_missing(edit, &material) == MISSING_OBJECT);
    material.mask = mask_new(8, 8);
    CHECK(request_missing(edit, &material) == MISSING_OBJECT);
    material.mask->bytes[9] = 100;
    CHECK(request_missing(edit, &material) == MISSING_FIRM_OBJECT);
    material.mask->bytes[9] = 255;
    CHECK(request_missing(edit, &material) == MISSING_DISPLACEMENT);
    edit->displacement.x = 4;
    CHECK(request_missing(edit, &material) == MISSING_NOTHING);
    test_shadow(edit, &material);
    edit->mode = mode_of(DRAGON_DRAG);
    CHECK(request_missing(edit, &material) == MISSING_ARROWS);
    edit->mode = mode_of(DRAGON_PASTE);
    CHECK(request_missing(edit, &material) == MISSING_REFERENCE);
    material.reference = picture_new(8, 8, DRAGON_RGBA_U8);
    CHECK(request_missing(edit, &material) == MISSING_REFERENCE_OBJECT);

    // An object of a reference shrunk twice as much as the picture lands at the same place, as large.
    material.reference_mask = mask_new(8, 8);
    memset(material.reference_mask->bytes, 255, 64);
    Request request;
    request_fill(&request, edit, &material, 0.5, 0.25);
    CHECK(request.engine.resize == 2);
    // Its middle is at 16 of the whole reference, goes to 20 of the whole picture, and so to 10 of the half one.
    CHECK(4 + request.engine.displacement.x == 10);
    request_clear(&request);
    edit_free(edit);
    material_clear(&material);
}

// Every row is complete, and says of itself what the engine asks.
static void test_modes(void) {
    CHECK(MODE_COUNT == 7 && mode_by_key("nothing") == NULL && mode_of(99) == MODES);
    for (guint i = 0; i < MODE_COUNT; i++) {
        const Mode *mode = &MODES[i];
        CHECK(mode_by_key(mode->key) == mode && mode_of(mode->mode) == mode);
        CHECK(mode->menu && mode->name && mode->blurb && mode->help && mode->ready);
        CHECK((mode->outline_label != NULL) == (mode->mask != MASK_NONE));
        CHECK((mode->carries == CARRIES_NOTHING) != mode_takes(mode, ARGUMENT_FACTOR));
        CHECK(!mode->shadow_label || mode->mask == MASK_OBJECT);
        CHECK(mode->carries != CARRIES_REFERENCE || mode_takes(mode, ARGUMENT_REFERENCE));
    }
    for (Missing missing = MISSING_NOTHING; missing < MISSING_COUNT; missing++)
        CHECK((missing_hint(missing) == NULL) == (missing == MISSING_NOTHING) &&
              (missing_message(missing) == NULL) == (missing == MISSING_NOTHING));
}

// A picture laid over another by its own transparency; where the two differ, and around.
static void test_layers(void) {
    Picture *below = picture_new(4, 3, DRAGON_RGBA_U8), *above = picture_new(2, 1, DRAGON_RGBA_U8);
    memset(below->pixels, 100, 4 * 4 * 3);
    memset(above->pixels, 200, 2 * 4);
    ((guint8 *)above->pixels)[7] = 0;
    float share[] = {1, 1};
    picture_take_alpha(above, share);
    CHECK(fabs(share[0] - 200 / 255.0) < 1e-5 && share[1] == 0 && picture_alpha(above, 0, 0) == 1);
    Picture *whole = picture_copy(below);
    picture_put(whole, above, 1, 2);
    CHECK(((guint8 *)whole->pixels)[(2 * 4 + 1) * 4] == 200 && ((guint8 *)whole->pixels)[(2 * 4 + 3) * 4] == 100);
    Mask *differs = picture_difference(below, whole, 3), *grown = mask_grown(differs, 1);
    CHECK(set_count(differs) == 2 && set_count(grown) == 8);
    CHECK(mask_equal(differs, differs) && !mask_equal(differs, grown) && mask_equal(NULL, NULL) &&
          !mask_equal(differs, NULL));
    mask_free(differs);
    mask_free(grown);
    picture_free(whole);
    picture_free(below);
    picture_free(above);
}

static void test_pace(void) {
    Pace pace = {0};
    CHECK(pace_left(&pace, 0.05, 100, 1) < 0 && pace_left(&pace, 0.5, -1, 2) < 0);
    CHECK(pace_left(&pace, 0.2, 100, 10) == 100);
    // A second later a jump to 300 is hardly seen, and after a while it is.
    double soon = pace_left(&pace, 0.21, 300, 11), late = soon;
    CHECK(soon > 99 && soon < 130);
    for (int second = 12; second < 60; second++)
        late = pace_left(&pace, 0.3, 300, second);
    CHECK(late > 280 && late <= 300);
}

int main(void) {
    test_text();
    test_options();
    test_requests();
    test_modes();
    test_layers();
    test_pace();
    printf("logic: %d checks, %d failures\n", checks, failures);
    return failures ? 1 : 0;
}
