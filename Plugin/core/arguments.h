/// What a procedure of a mode is given, in one table: names, words and ranges, from which every adapter makes its
/// program's own arguments, and how an edit comes of them.
#ifndef PLUGIN_ARGUMENTS_H
#define PLUGIN_ARGUMENTS_H

#include "batch.h"

typedef enum ArgumentKind {
    KIND_TEXT,
    KIND_WHOLE,
    KIND_NUMBER,
    /// A list of numbers.
    KIND_NUMBERS,
    KIND_LAYER,
} ArgumentKind;

typedef struct Argument {
    /// In scripts.
    const char *key;
    ArgumentKind kind;
    const char *label;
    const char *blurb;
    /// Of whole and other numbers: what they may be, and are where nothing is said.
    double lowest;
    double highest;
    double usual;
    /// Of its field in Arguments.
    gsize offset;
} Argument;

typedef struct Numbers {
    const double *at;
    gsize count;
} Numbers;

/// The values of a call; what a mode does not take stays 0. Texts may be NULL. Places are in pixels of the image.
typedef struct Arguments {
    const char *prompt;
    HostLayer *reference;
    const char *reference_prompt;
    /// Four an arrow.
    Numbers points;
    double shift_x;
    double shift_y;
    double place_x;
    double place_y;
    double factor;
    const char *model;
    int seed;
    int steps;
    double strength;
    const char *options;
} Arguments;

/// The arguments of a mode in their order, of `const Argument *`.
GPtrArray *arguments_of(const Mode *mode);

/// Puts a call's values into an edit. `offset`: of the layer on the image. FALSE with a reason where one is no good.
gboolean arguments_apply(const Arguments *values, dragon_point offset, Edit *edit, Call *call, GError **error);

#endif
