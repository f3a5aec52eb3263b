#include "options.h"

#include <math.h>
#include <string.h>
#include "words.h"

const Option OPTIONS[OPTION_COUNT] = {
    [OPTION_SEED] = {"seed", 0, 4294967295.0, 1, 0, N_("Seed"), NULL,
                     N_("Where chance begins: the same seed gives the same result again.")},
    [OPTION_STEPS] = {"steps", 1, 1000, 1, 0, N_("Steps"), NULL,
                      N_("Steps of the sampler. More take longer and follow the picture more exactly.")},
    [OPTION_STRENGTH] = {"strength", 0, 10, 0.05, 2, N_("Strength"), NULL,
                         N_("How hard the picture is pulled towards the edit. 1 is the model's own.")},
    [OPTION_GUIDANCE] = {"guidance", 0, 100, 0.5, 1, N_("Prompt guidance"), NULL,
                         N_("How closely the result follows the description. 1 is not at all.")},
    [OPTION_ALGORITHM] = {"algorithm", 0, 1, 1, 0, N_("Algorithm"), NULL,
                          N_("DragonDiffusion keeps closest to the picture; DiffEditor adds chance where it changes.")},
    [OPTION_EDIT_WEIGHT] = {"edit-weight", 0, 1000, 0.5, 2, N_("Edit weight"), NULL,
                            N_("How much the object must look like itself at its new place.")},
    [OPTION_CONTENT_WEIGHT] = {"content-weight", 0, 1000, 0.5, 2, N_("Content weight"), NULL,
                               N_("How much everything else must stay as it is.")},
    [OPTION_CONTRAST_WEIGHT] = {"contrast-weight", 0, 1000, 0.5, 2, N_("Contrast weight"), NULL,
                                N_("How much the old place must differ from the object that left it.")},
    [OPTION_INPAINT_WEIGHT] = {"inpaint-weight", 0, 1000, 0.5, 2, N_("Fill weight"), NULL,
                               N_("How much the old place must look like its surroundings.")},
    [OPTION_SDE_STRENGTH] = {"sde-strength", 0, 1, 0.05, 2, N_("Variation"), NULL,
                             N_("DiffEditor's chance in the changed region, from 0 to 1.")},
    [OPTION_SIDE] = {"side", 64, 4096, 64, 0, N_("Working side"), N_("px"),
                     N_("Side of the window the network sees, a multiple of 64. Larger needs more time and memory.")},
    [OPTION_GROW] = {"grow", 0, 1000, 1, 0, N_("Grow"), N_("px"),
                     N_("How far the change may reach beyond the object.")},
    [OPTION_FEATHER] = {"feather", 0, 1000, 1, 0, N_("Feather"), N_("px"), N_("Width of the soft border beyond that.")},
    [OPTION_PLATE] = {"plate", 0, 1, 1, 0, N_("Fill the old place first"), NULL,
                      N_("Fills the place the object leaves before the edit: fewer ghosts of it remain.")},
};

void options_clear(OptionValues *values) {
    for (int i = 0; i < OPTION_COUNT; i++)
        values->at[i] = NAN;
}

static gboolean is_whole(OptionName name) {
    return OPTIONS[name].digits == 0 && name != OPTION_GROW && name != OPTION_FEATHER;
}

gboolean options_set_value(OptionValues *values, OptionName name, double value, GError **error) {
    const Option *option = &OPTIONS[name];
    // Written so that NaN is refused too.
    if (!(value >= option->lowest && value <= option->highest)) {
        g_set_error(error, WORDS_ERROR, 0, _("“%s” must lie between %g and %g."), option->key, option->lowest,
                    option->highest);
        return FALSE;
    }
    if (is_whole(name) && value != floor(value)) {
        g_set_error(error, WORDS_ERROR, 0, _("“%s” must be a whole number."), option->key);
        return FALSE;
    }
    if (name == OPTION_SIDE && fmod(value, 64) != 0) {
        g_set_error(error, WORDS_ERROR, 0, _("“%s” must be a multiple of 64."), option->key);
        return FALSE;
    }
    values->at[name] = value;
    return TRUE;
}

// Words stand for the numbers of the two options that are choices.
static gboolean value_of_text(OptionName name, const char *text, double *value) {
    static const char *const words[][2] = {{"dragon", "diffeditor"}, {"off", "on"}};
    if (name == OPTION_ALGORITHM || name == OPTION_PLATE)
        for (int i = 0; i < 2; i++)
            if (strcmp(text, words[name == OPTION_PLATE][i]) == 0) {
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
        if (value_of_text(i, text, &value))
            return options_set_value(values, i, value, error);
        g_set_error(error, WORDS_ERROR, 0, _("“%s” is no value for “%s”."), text, key);
        return FALSE;
    }
    g_set_error(error, WORDS_ERROR, 0, _("There is no option “%s”."), key);
    return FALSE;
}

// The place of a float parameter that an option sets as it is.
static float *float_of(OptionName name, dragon_parameters *parameters) {
    switch (name) {
    case OPTION_GUIDANCE:
        return &parameters->guidance_scale;
    case OPTION_EDIT_WEIGHT:
        return &parameters->edit_weight;
    case OPTION_CONTENT_WEIGHT:
        return &parameters->content_weight;
    case OPTION_CONTRAST_WEIGHT:
        return &parameters->contrast_weight;
    case OPTION_INPAINT_WEIGHT:
        return &parameters->inpaint_weight;
    case OPTION_SDE_STRENGTH:
        return &parameters->sde_strength;
    case OPTION_GROW:
        return &parameters->grow;
    case OPTION_FEATHER:
        return &parameters->feather;
    default:
        return NULL;
    }
}

static void apply(OptionName name, double value, dragon_parameters *parameters) {
    float *place = float_of(name, parameters);
    if (place)
        *place = (float)value;
    else if (name == OPTION_SEED)
        parameters->seed = (uint64_t)value;
    else if (name == OPTION_STEPS)
        parameters->steps = (int32_t)value;
    else if (name == OPTION_STRENGTH)
        parameters->energy_scale *= (float)value;
    else if (name == OPTION_ALGORITHM)
        parameters->algorithm = (dragon_algorithm)value;
    else if (name == OPTION_SIDE)
        parameters->side = (int32_t)value;
    else if (name == OPTION_PLATE)
        parameters->use_plate = (int32_t)value;
}

void options_apply(const OptionValues *values, dragon_parameters *parameters) {
    for (int i = 0; i < OPTION_COUNT; i++)
        if (!isnan(values->at[i]))
            apply(i, values->at[i], parameters);
}

double option_of_parameters(OptionName name, const dragon_parameters *parameters) {
    dragon_parameters copy = *parameters;
    float *place = float_of(name, &copy);
    if (place)
        return *place;
    switch (name) {
    case OPTION_SEED:
        return (double)copy.seed;
    case OPTION_STEPS:
        return copy.steps;
    case OPTION_ALGORITHM:
        return copy.algorithm;
    case OPTION_SIDE:
        return copy.side;
    case OPTION_PLATE:
        return copy.use_plate;
    default:
        return 1;
    }
}
