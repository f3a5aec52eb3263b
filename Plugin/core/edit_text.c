#include "edit.h"

#include <math.h>
#include <string.h>
#include "words.h"

// --- To text ---------------------------------------------------------------------------------------------------------

static void append_number(GString *text, double number) {
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(text, g_ascii_formatd(buffer, sizeof buffer, "%.10g", number));
}

static void append_text(GString *text, const char *key, const char *value) {
    if (!value[0])
        return;
    // Semicolons separate, so that they are escaped beside what g_strescape does; other languages stay readable.
    static const char exceptions[] = "\200\201\202\203\204\205\206\207\210\211\212\213\214\215\216\217\220\221\222\223"
                                     "\224\225\226\227\230\231\232\233\234\235\236\237\240\241\242\243\244\245\246\247"
                                     "\250\251\252\253\254\255\256\257\260\261\262\263\264\265\266\267\270\271\272\273"
                                     "\274\275\276\277\300\301\302\303\304\305\306\307\310\311\312\313\314\315\316\317"
                                     "\320\321\322\323\324\325\326\327\330\331\332\333\334\335\336\337\340\341\342\343"
                                     "\344\345\346\347\350\351\352\353\354\355\356\357\360\361\362\363\364\365\366\367"
                                     "\370\371\372\373\374\375\376\377";
    char *escaped = g_strescape(value, exceptions);
    char **parts = g_strsplit(escaped, ";", -1);
    char *joined = g_strjoinv("\\073", parts);
    g_string_append_printf(text, "%s=%s\n", key, joined);
    g_free(joined);
    g_strfreev(parts);
    g_free(escaped);
}

static void append_value(GString *text, const char *key, double value) {
    g_string_append_printf(text, "%s=", key);
    append_number(text, value);
    g_string_append_c(text, '\n');
}

// Left out where it is 1.
static void append_factor(GString *text, const char *key, double factor) {
    if (factor != 1)
        append_value(text, key, factor);
}

static void append_flag(GString *text, const char *key, gboolean is_set) {
    if (is_set)
        g_string_append_printf(text, "%s=1\n", key);
}

static void append_points(GString *text, const char *key, const void *points, guint count) {
    const double *numbers = points;
    if (!count)
        return;
    g_string_append_printf(text, "%s=", key);
    for (guint i = 0; i < count * 2; i++) {
        if (i)
            g_string_append_c(text, i % 2 ? ',' : ' ');
        append_number(text, numbers[i]);
    }
    g_string_append_c(text, '\n');
}

// What the keys of a sketch are called; the reference's begin with its name.
typedef struct SketchKeys {
    const char *outline;
    const char *inside;
    const char *outside;
} SketchKeys;

static const SketchKeys KEYS = {"outline", "inside", "outside"};
static const SketchKeys REFERENCE_KEYS = {"reference-outline", "reference-inside", "reference-outside"};

static void append_sketch(GString *text, const SketchKeys *keys, const Sketch *sketch) {
    GArray *inside = sketch_points(sketch, FALSE), *outside = sketch_points(sketch, TRUE);
    append_points(text, keys->outline, sketch->outline->data, sketch->outline->len);
    append_points(text, keys->inside, inside->data, inside->len);
    append_points(text, keys->outside, outside->data, outside->len);
    g_array_unref(inside);
    g_array_unref(outside);
}

char *edit_to_text(const Edit *edit) {
    GString *text = g_string_new(NULL);
    append_text(text, "mode", edit->mode->key);
    append_text(text, "prompt", edit->prompt);
    append_text(text, "source-prompt", edit->source_prompt);
    append_text(text, "reference-prompt", edit->reference_prompt);
    append_text(text, "model", edit->model);
    append_text(text, "lora", edit->lora);
    if (edit->lora[0])
        append_factor(text, "lora-scale", edit->lora_scale);
    if (edit->displacement.x != 0 || edit->displacement.y != 0)
        append_points(text, "displacement", &edit->displacement, 1);
    append_factor(text, "resize", edit->resize);
    if (edit->rotate != 0)
        append_value(text, "rotate", edit->rotate);
    append_flag(text, "flip", edit->is_flipped);
    append_points(text, "arrows", edit->arrows->data, edit->arrows->len * 2);
    append_sketch(text, &KEYS, edit->sketch);
    append_sketch(text, &REFERENCE_KEYS, edit->reference_sketch);
    append_flag(text, "as-drawn", edit->as_drawn);
    append_flag(text, "shadow", edit->takes_shadow);
    if (edit->lays_apart)
        g_string_append(text, "layers=2\n");
    append_flag(text, "all-layers", edit->edits_frames);
    if (edit->frame_shift.x != 0 || edit->frame_shift.y != 0)
        append_points(text, "frame-shift", &edit->frame_shift, 1);
    if (edit->takes_channels)
        g_string_append(text, "frame-masks=channels\n");
    for (int i = 0; i < OPTION_COUNT; i++)
        if (!isnan(edit->options.at[i]))
            append_value(text, OPTIONS[i].key, edit->options.at[i]);
    return g_string_free(text, FALSE);
}

// What the engine is asked of one picture.
static char *text_asked(const Edit *edit, gboolean with_seed) {
    Edit *copy = edit_copy(edit);
    edit_lay_as(copy, &(Edit){0});
    if (!with_seed)
        copy->options.at[OPTION_SEED] = NAN;
    char *text = edit_to_text(copy);
    edit_free(copy);
    return text;
}

gboolean edit_asks_same(const Edit *a, const Edit *b, gboolean with_seed) {
    char *first = text_asked(a, with_seed), *second = text_asked(b, with_seed);
    gboolean is_same = strcmp(first, second) == 0;
    g_free(first);
    g_free(second);
    return is_same;
}

// --- From text -------------------------------------------------------------------------------------------------------

// Reads numbers separated by blanks and commas, a multiple of `group`, into an array of doubles or of their groups.
static gboolean read_numbers(const char *text, const char *key, guint group, GArray *numbers, GError **error) {
    GArray *found = g_array_new(FALSE, FALSE, sizeof(double));
    gboolean good = TRUE;
    while (good) {
        text += strspn(text, " ,\t");
        if (!*text)
            break;
        char *end = NULL;
        double number = g_ascii_strtod(text, &end);
        good = end != text && isfinite(number);
        g_array_append_val(found, number);
        text = end;
    }
    good = good && found->len % group == 0;
    if (good)
        g_array_set_size(numbers, 0);
    if (good)
        g_array_append_vals(numbers, found->data, found->len / group);
    else
        g_set_error(error, WORDS_ERROR, 0, _("“%s” needs groups of %u numbers."), key, group);
    g_array_unref(found);
    return good;
}

static double *number_field(Edit *edit, const char *key) {
    return strcmp(key, "resize") == 0       ? &edit->resize
           : strcmp(key, "rotate") == 0     ? &edit->rotate
           : strcmp(key, "lora-scale") == 0 ? &edit->lora_scale
                                            : NULL;
}

static dragon_point *point_field(Edit *edit, const char *key) {
    return strcmp(key, "displacement") == 0  ? &edit->displacement
           : strcmp(key, "frame-shift") == 0 ? &edit->frame_shift
                                             : NULL;
}

static gboolean set_plain(Edit *edit, const char *key, const char *value, GError **error) {
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(double));
    double *factor = number_field(edit, key);
    gboolean good = read_numbers(value, key, 1, numbers, error);
    if (good && numbers->len != (factor ? 1 : 2)) {
        g_set_error(error, WORDS_ERROR, 0, _("“%s” has the wrong number of values."), key);
        good = FALSE;
    }
    if (good && factor)
        *factor = g_array_index(numbers, double, 0);
    else if (good)
        *point_field(edit, key) = (dragon_point){g_array_index(numbers, double, 0), g_array_index(numbers, double, 1)};
    g_array_unref(numbers);
    return good;
}

static gboolean *flag_field(Edit *edit, const char *key) {
    return strcmp(key, "as-drawn") == 0     ? &edit->as_drawn
           : strcmp(key, "flip") == 0       ? &edit->is_flipped
           : strcmp(key, "shadow") == 0     ? &edit->takes_shadow
           : strcmp(key, "all-layers") == 0 ? &edit->edits_frames
                                            : NULL;
}

// One of two words.
static gboolean set_choice(gboolean *choice, const char *key, const char *no, const char *yes, const char *value,
                           GError **error) {
    gboolean is_set = strcmp(value, yes) == 0;
    if (!is_set && strcmp(value, no) != 0) {
        g_set_error(error, WORDS_ERROR, 0, _("“%s” is no value for “%s”."), value, key);
        return FALSE;
    }
    *choice = is_set;
    return TRUE;
}

static gboolean set_marks(Sketch *sketch, const char *key, gboolean beside, const char *value, GError **error) {
    GArray *points = g_array_new(FALSE, FALSE, sizeof(dragon_point));
    gboolean good = read_numbers(value, key, 2, points, error);
    if (good)
        sketch_set_points(sketch, beside, points);
    g_array_unref(points);
    return good;
}

// TRUE where the key is one of a sketch; `good` tells whether its value is.
static gboolean set_sketch(Sketch *sketch, const SketchKeys *keys, const char *key, const char *value, gboolean *good,
                           GError **error) {
    if (strcmp(key, keys->outline) == 0)
        *good = read_numbers(value, key, 2, sketch->outline, error);
    else if (strcmp(key, keys->inside) == 0)
        *good = set_marks(sketch, key, FALSE, value, error);
    else if (strcmp(key, keys->outside) == 0)
        *good = set_marks(sketch, key, TRUE, value, error);
    else
        return FALSE;
    return TRUE;
}

static char **text_field(Edit *edit, const char *key) {
    return strcmp(key, "prompt") == 0             ? &edit->prompt
           : strcmp(key, "source-prompt") == 0    ? &edit->source_prompt
           : strcmp(key, "reference-prompt") == 0 ? &edit->reference_prompt
           : strcmp(key, "model") == 0            ? &edit->model
           : strcmp(key, "lora") == 0             ? &edit->lora
                                                  : NULL;
}

static gboolean set_pair(Edit *edit, const char *key, const char *value, GError **error) {
    char **field = text_field(edit, key);
    if (field) {
        g_free(*field);
        *field = g_strcompress(value);
        return TRUE;
    }
    if (strcmp(key, "mode") == 0)
        return TRUE;
    if (point_field(edit, key) || number_field(edit, key))
        return set_plain(edit, key, value, error);
    if (strcmp(key, "arrows") == 0)
        return read_numbers(value, key, 4, edit->arrows, error);
    gboolean *flag = flag_field(edit, key);
    if (flag)
        return set_choice(flag, key, "0", "1", value, error);
    if (strcmp(key, "layers") == 0)
        return set_choice(&edit->lays_apart, key, "1", "2", value, error);
    if (strcmp(key, "frame-masks") == 0)
        return set_choice(&edit->takes_channels, key, "selection", "channels", value, error);
    gboolean good;
    if (set_sketch(edit->sketch, &KEYS, key, value, &good, error) ||
        set_sketch(edit->reference_sketch, &REFERENCE_KEYS, key, value, &good, error))
        return good;
    return options_set(&edit->options, key, value, error);
}

gboolean edit_set_text(Edit *edit, const char *text, GError **error) {
    char **pairs = g_strsplit_set(text ? text : "", ";\n", -1);
    gboolean good = TRUE;
    for (char **pair = pairs; good && *pair; pair++) {
        char *key = g_strstrip(*pair), *equals = strchr(key, '=');
        if (!*key)
            continue;
        if (!equals) {
            g_set_error(error, WORDS_ERROR, 0, _("“%s” is not of the form key=value."), key);
            good = FALSE;
            break;
        }
        *equals = 0;
        good = set_pair(edit, g_strstrip(key), g_strstrip(equals + 1), error);
    }
    g_strfreev(pairs);
    return good;
}
