/// The numbers that tune an edit, in one table: what they are called, their range, where the engine takes them, their
/// words in the dialog.
#ifndef PLUGIN_OPTIONS_H
#define PLUGIN_OPTIONS_H

#include <glib.h>
#include "dragon.h"

/// In the order in which the dialog shows them.
typedef enum OptionName {
    OPTION_PRESET,
    OPTION_STRENGTH,
    OPTION_STEPS,
    OPTION_GUIDANCE,
    OPTION_ALGORITHM,
    OPTION_SDE_STRENGTH,
    OPTION_SEED,
    OPTION_SIDE,
    OPTION_EDIT_WEIGHT,
    OPTION_CONTENT_WEIGHT,
    OPTION_CONTRAST_WEIGHT,
    OPTION_INPAINT_WEIGHT,
    OPTION_GROW,
    OPTION_FEATHER,
    OPTION_SOFTEN,
    OPTION_PLATE,
    OPTION_FILL,
    OPTION_NETWORK,
    OPTION_PRECISION,
    OPTION_COUNT
} OptionName;

typedef enum OptionKind {
    OPTION_NUMBER,
    OPTION_WHOLE,
    /// One of some words, which stand for the numbers from 0 on.
    OPTION_CHOICE,
    OPTION_SWITCH,
} OptionKind;

#define OPTION_MOST_WORDS 4

typedef struct Option {
    /// In scripts and parasites.
    const char *key;
    OptionKind kind;
    double lowest;
    double highest;
    /// Of the dialog's buttons; of a whole number also what it must be a multiple of.
    double step;
    int digits;
    /// The field of dragon_parameters.
    gsize offset;
    /// What a choice or a switch is called in scripts; a choice's names in the dialog.
    const char *words[OPTION_MOST_WORDS];
    const char *names[OPTION_MOST_WORDS];
    /// In the dialog; not yet translated.
    const char *label;
    const char *unit;
    const char *tooltip;
} Option;

extern const Option OPTIONS[OPTION_COUNT];

/// Values of all options; NaN leaves one to the model.
typedef struct OptionValues {
    double at[OPTION_COUNT];
} OptionValues;

void options_clear(OptionValues *values);

/// Sets one from text. FALSE with a message where the key is unknown or the value is out of range.
gboolean options_set(OptionValues *values, const char *key, const char *text, GError **error);

/// Sets one. FALSE with a message where the value is out of range.
gboolean options_set_value(OptionValues *values, OptionName name, double value, GError **error);

/// Puts the values that are set over a model's own.
void options_apply(const OptionValues *values, dragon_parameters *parameters);

/// A model's own value, in the option's unit.
double option_of_parameters(OptionName name, const dragon_parameters *parameters);

#endif
