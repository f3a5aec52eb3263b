#include "options.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include "words.h"

#define FIELD(name) .offset = offsetof(dragon_parameters, name)
#define WEIGHT(name) .highest = DRAGON_MOST_WEIGHT, .step = 0.5, .digits = 2, FIELD(name)
#define MARGIN(name) .highest = DRAGON_MOST_MARGIN, .step = 0.5, .digits = 1, .unit = N_("px"), FIELD(name)

const Option OPTIONS[OPTION_COUNT] = {
    [OPTION_PRESET] = {"preset", OPTION_CHOICE, .highest = DRAGON_PRESET_INSTANT, .step = 1, FIELD(preset),
                       .words = {"exact", "fast", "instant"}, .names = {N_("Exact"), N_("Fast"), N_("Instant")},
                       .label = N_("Time"),
                       .tooltip =
                           N_("Exact runs all of the model's steps, Fast half of them or less. Instant paints in "
                              "only what is missing, with a model or a LoRA that is made for that.")},
    // A factor of the model's own; beyond ten nothing but noise is to be had.
    [OPTION_STRENGTH] = {"strength", OPTION_NUMBER, .highest = 10, .step = 0.05, .digits = 2, FIELD(energy_scale),
                         .label = N_("Strength"),
                         .tooltip = N_("How hard the picture is pulled towards the edit. 1 is the model's own.")},
    [OPTION_STEPS] = {"steps", OPTION_WHOLE, 1, DRAGON_MOST_STEPS, 1, FIELD(steps), .label = N_("Steps"),
                      .tooltip = N_("Steps of the sampler. More take longer and follow the picture more exactly.")},
    [OPTION_GUIDANCE] = {"guidance", OPTION_NUMBER, 0, DRAGON_MOST_GUIDANCE_SCALE, 0.5, 1, FIELD(guidance_scale),
                         .label = N_("Prompt guidance"),
                         .tooltip = N_("How closely the result follows the description. 1 is not at all.")},
    [OPTION_ALGORITHM] = {"algorithm", OPTION_CHOICE, .highest = 1, .step = 1, FIELD(algorithm),
                          .words = {"dragon", "diffeditor"}, .names = {"DragonDiffusion", "DiffEditor"},
                          .label = N_("Algorithm"),
                          .tooltip = N_("DragonDiffusion keeps closest to the picture; DiffEditor adds chance where it "
                                        "changes.")},
    [OPTION_SDE_STRENGTH] = {"sde-strength", OPTION_NUMBER, 0, DRAGON_MOST_SDE_STRENGTH, 0.05, 2, FIELD(sde_strength),
                             .label = N_("Variation"),
                             .tooltip = N_("DiffEditor's chance in the changed region, from 0 to 1.")},
    [OPTION_SEED] = {"seed", OPTION_WHOLE, 0, G_MAXUINT32, 1, FIELD(seed), .label = N_("Seed"),
                     .tooltip = N_("Where chance begins: the same seed gives the same result again.")},
    [OPTION_SIDE] = {"side", OPTION_WHOLE, DRAGON_SIDE_MULTIPLE, DRAGON_MOST_SIDE, DRAGON_SIDE_MULTIPLE, FIELD(side),
                     .label = N_("Working side"), .unit = N_("px"),
                     .tooltip = N_("Side of the window the network sees, a multiple of 64. Larger needs more time and "
                                   "memory.")},
    [OPTION_EDIT_WEIGHT] = {"edit-weight", WEIGHT(edit_weight), .label = N_("Edit weight"),
                            .tooltip = N_("How much the object must look like itself at its new place.")},
    [OPTION_CONTENT_WEIGHT] = {"content-weight", WEIGHT(content_weight), .label = N_("Content weight"),
                               .tooltip = N_("How much everything else must stay as it is.")},
    [OPTION_CONTRAST_WEIGHT] = {"contrast-weight", WEIGHT(contrast_weight), .label = N_("Contrast weight"),
                                .tooltip = N_("How much the old place must differ from the object that left it.")},
    [OPTION_INPAINT_WEIGHT] = {"inpaint-weight", WEIGHT(inpaint_weight), .label = N_("Fill weight"),
                               .tooltip = N_("How much the old place must look like its surroundings.")},
    [OPTION_GROW] = {"grow", MARGIN(grow), .label = N_("Grow"),
                     .tooltip = N_("How far the change may reach beyond the object.")},
    [OPTION_FEATHER] = {"feather", MARGIN(feather), .label = N_("Feather"),
                        .tooltip = N_("Width of the soft border beyond that.")},
    [OPTION_SOFTEN] = {"soften", MARGIN(soften), .label = N_("Soften edge"),
                       .tooltip = N_("Width of the soft edge that the carried object itself gets. 0 leaves it as "
                                     "selected.")},
    [OPTION_PLATE] = {"plate", OPTION_SWITCH, .highest = 1, .step = 1, FIELD(use_plate), .words = {"off", "on"},
                      .label = N_("Fill the old place first"),
                      .tooltip = N_("Fills the place the object leaves before the edit: fewer ghosts of it remain.")},
    [OPTION_FILL] = {"fill", OPTION_CHOICE, .highest = DRAGON_FILL_NETWORK, .step = 1, FIELD(fill),
                     .words = {"auto", "texture", "network"}, .names = {N_("Automatic"), N_("Texture"), N_("Network")},
                     .label = N_("Fill"),
                     .tooltip = N_("What makes the place the object leaves: texture from around it, the network, or of "
                                   "the two what fits its surroundings better.")},
    [OPTION_NETWORK] = {"network", OPTION_CHOICE, .highest = DRAGON_NETWORK_AUTO, .step = 1, FIELD(use_network),
                        .words = {"off", "on", "auto"}, .names = {N_("Never"), N_("Always"), N_("Automatic")},
                        .label = N_("Network's touch"),
                        .tooltip = N_("Whether the network goes over what was moved, filled and warped. Automatic "
                                      "leaves it to the model, and to what you ask of it by words and numbers.")},
    [OPTION_PRECISION] = {"precision", OPTION_CHOICE, .highest = DRAGON_PRECISION_INT16, .step = 1, FIELD(precision),
                          .words = {"auto", "fp32", "bf16", "int16"},
                          .names = {N_("Automatic"), "fp32", "bf16", "int16"}, .label = N_("Precision"),
                          .tooltip =
                              N_("What the network rounds its numbers to. bf16 is twice as fast where the processor "
                                 "multiplies such numbers itself, int16 a fifth faster on most others; Automatic "
                                 "finds out.")},
};

void options_clear(OptionValues *values) {
    for (int i = 0; i < OPTION_COUNT; i++)
        values->at[i] = NAN;
}

gboolean options_set_value(OptionValues *values, OptionName name, double value, GError **error) {
    const Option *option = &OPTIONS[name];
    // Written so that NaN is refused too.
    if (!(value >= option->lowest && value <= option->highest)) {
        g_set_error(error, WORDS_ERROR, 0, _("“%s” must lie between %g and %g."), option->key, option->lowest,
                    option->highest);
        return FALSE;
    }
    if (option->kind != OPTION_NUMBER && value != floor(value)) {
        g_set_error(error, WORDS_ERROR, 0, _("“%s” must be a whole number."), option->key);
        return FALSE;
    }
    if (option->kind == OPTION_WHOLE && fmod(value, option->step) != 0) {
        g_set_error(error, WORDS_ERROR, 0, _("“%s” must be a multiple of %g."), option->key, option->step);
        return FALSE;
    }
    values->at[name] = value;
    return TRUE;
}

static gboolean value_of_text(const Option *option, const char *text, double *value) {
    for (int i = 0; i < OPTION_MOST_WORDS; i++)
        if (option->words[i] && strcmp(text, option->words[i]) == 0) {
            *value = i;
            return TRUE;
        }
    char *end = NULL;
    *value = g_ascii_strtod(text, &end);
    return end != text && *end == 0;
}

gboolean options_set(OptionValues *values, const char *key, const char *text, GError **error) {
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(OPTIONS[i].key, key) != 0)
            continue;
        double value;
        if (value_of_text(&OPTIONS[i], text, &value))
            return options_set_value(values, i, value, error);
        g_set_error(error, WORDS_ERROR, 0, _("“%s” is no value for “%s”."), text, key);
        return FALSE;
    }
    g_set_error(error, WORDS_ERROR, 0, _("There is no option “%s”."), key);
    return FALSE;
}

static void apply(OptionName name, double value, dragon_parameters *parameters) {
    void *field = (char *)parameters + OPTIONS[name].offset;
    if (name == OPTION_STRENGTH)
        *(float *)field *= (float)value;
    else if (name == OPTION_SEED)
        *(uint64_t *)field = (uint64_t)value;
    else if (OPTIONS[name].kind == OPTION_NUMBER)
        *(float *)field = (float)value;
    else
        *(int32_t *)field = (int32_t)value;
}

void options_apply(const OptionValues *values, dragon_parameters *parameters) {
    for (int i = 0; i < OPTION_COUNT; i++)
        if (!isnan(values->at[i]))
            apply(i, values->at[i], parameters);
}

double option_of_parameters(OptionName name, const dragon_parameters *parameters) {
    const void *field = (const char *)parameters + OPTIONS[name].offset;
    if (name == OPTION_STRENGTH)
        return 1;
    if (name == OPTION_SEED)
        return (double)*(const uint64_t *)field;
    return OPTIONS[name].kind == OPTION_NUMBER ? *(const float *)field : *(const int32_t *)field;
}
