#include "arguments.h"

#include "words.h"

#define FIELD(name) .offset = G_STRUCT_OFFSET(Arguments, name)
// No image is larger.
#define SIDE_LIMIT 1048576

static const Argument PROMPT = {"prompt", KIND_TEXT, "Prompt", "What the picture shows; may be empty", FIELD(prompt)};

// What each argument of a mode is to its procedure; ends where no key is.
static const Argument OF_MODE[][2] = {
    [ARGUMENT_REFERENCE] =
        {{"reference", KIND_LAYER, "Reference",
          "Layer of this or another image that shows the object: by its image's selection, its mask or its alpha",
          FIELD(reference)},
         {"reference-prompt", KIND_TEXT, "Prompt of the reference",
          "What the reference shows; empty for the same as the picture", FIELD(reference_prompt)}},
    [ARGUMENT_ARROWS] = {{"points", KIND_NUMBERS, "Points",
                          "x, y of a handle, then x, y of its target, in pixels of the image, four numbers an arrow; "
                          "empty takes the strokes of the selected paths",
                          FIELD(points)}},
    [ARGUMENT_SHIFT] = {{"displacement-x", KIND_NUMBER, "Shift to the right",
                         "Shift of the selected object to the right, in pixels", -SIDE_LIMIT, SIDE_LIMIT, 0,
                         FIELD(shift_x)},
                        {"displacement-y", KIND_NUMBER, "Shift downwards",
                         "Shift downwards; both 0: from the first to the last anchor of the selected path", -SIDE_LIMIT,
                         SIDE_LIMIT, 0, FIELD(shift_y)}},
    [ARGUMENT_PLACE] = {{"x", KIND_NUMBER, "X", "Where the object's middle goes, in pixels of the image", -SIDE_LIMIT,
                         SIDE_LIMIT, 0, FIELD(place_x)},
                        {"y", KIND_NUMBER, "Y", "The same, downwards; both 0: the last anchor of the selected path",
                         -SIDE_LIMIT, SIDE_LIMIT, 0, FIELD(place_y)}},
    // Wider than what is good: that has a sentence of its own.
    [ARGUMENT_FACTOR] = {{"factor", KIND_NUMBER, "Factor of size",
                          "Factor of the object's size, such as 1.5; 0 or 1 keeps it", -1000, 1000, 0, FIELD(factor)}},
};

static const Argument TAIL[] = {
    {"model", KIND_TEXT, "Model", "Folder or file of the model; empty for the first that is found", FIELD(model)},
    {"seed", KIND_WHOLE, "Seed", "Where chance begins; below 0 a seed is drawn", -1, G_MAXINT, 0, FIELD(seed)},
    {"steps", KIND_WHOLE, "Steps", "Steps of the sampler; 0 for the model's own number", 0, 1000, 0, FIELD(steps)},
    {"strength", KIND_NUMBER, "Strength", "Factor of the pull towards the edit; 0 or below for the model's own, 1",
     -1000, 1000, 0, FIELD(strength)},
    {"options", KIND_TEXT, "Options",
     "Further values as key=value;key=value: preset (exact, fast or instant), lora (a file), lora-scale, "
     "guidance, algorithm (dragon or diffeditor), edit-weight, content-weight, contrast-weight, inpaint-weight, "
     "sde-strength, side, grow, feather, soften, plate (on or off), fill (auto, texture or network), network (auto, on "
     "or off), precision (auto, "
     "fp32, bf16 or int16), outline (x,y x,y "
     "... around the object in "
     "pixels of the layer, instead of the selection: the object in it is found), inside and outside (x,y x,y ... "
     "of points on the object and beside it), as-drawn (1 keeps the outline as it is), the same of the reference "
     "(reference-outline, -inside, -outside), shadow (1 takes the shadow of what is moved, sized or removed with "
     "it, where one is found), all-layers (1 edits all frames of an animation, which are the image's layers in no "
     "group, the lowest first, (replace) and (combine) in their names counting as for GIMP; a new image comes of "
     "it), frame-shift (x,y that what is edited goes on by from each frame to the next), frame-masks (channels: "
     "what is edited of each frame is what a channel of the image marks, the lowest being the first frame's), "
     "layers (2 lays a moved, sized or pasted object on a layer of its own, above the rest's); may be empty",
     FIELD(options)},
};

GPtrArray *arguments_of(const Mode *mode) {
    GPtrArray *arguments = g_ptr_array_new();
    g_ptr_array_add(arguments, (gpointer)&PROMPT);
    for (guint i = 0; i < G_N_ELEMENTS(mode->arguments) && mode->arguments[i] != ARGUMENT_END; i++)
        for (guint k = 0; k < 2 && OF_MODE[mode->arguments[i]][k].key; k++)
            g_ptr_array_add(arguments, (gpointer)&OF_MODE[mode->arguments[i]][k]);
    for (guint i = 0; i < G_N_ELEMENTS(TAIL); i++)
        g_ptr_array_add(arguments, (gpointer)&TAIL[i]);
    return arguments;
}

static void set_text(char **text, const char *given) {
    g_free(*text);
    *text = g_strdup(given ? given : "");
}

static gboolean apply_points(Numbers points, dragon_point offset, GArray *arrows, GError **error) {
    if (points.count % 4 != 0) {
        g_set_error(error, WORDS_ERROR, 0, _("%u numbers of points were given: give four numbers an arrow."),
                    (guint)points.count);
        return FALSE;
    }
    for (gsize i = 0; i < points.count; i += 4) {
        const double *at = points.at + i;
        Arrow arrow = {{at[0] - offset.x, at[1] - offset.y}, {at[2] - offset.x, at[3] - offset.y}};
        g_array_append_val(arrows, arrow);
    }
    return TRUE;
}

static gboolean apply_factor(double factor, Edit *edit, GError **error) {
    if (factor != 0 && !(factor >= DRAGON_LEAST_RESIZE && factor <= DRAGON_MOST_RESIZE)) {
        g_set_error(error, WORDS_ERROR, 0, _("The factor %g must lie between %g and %g."), factor, DRAGON_LEAST_RESIZE,
                    (double)DRAGON_MOST_RESIZE);
        return FALSE;
    }
    edit->resize = factor == 0 ? 1 : factor;
    return TRUE;
}

static gboolean apply_options(const Arguments *values, Edit *edit, GError **error) {
    return (values->seed < 0 || options_set_value(&edit->options, OPTION_SEED, values->seed, error)) &&
           (values->steps == 0 || options_set_value(&edit->options, OPTION_STEPS, values->steps, error)) &&
           (values->strength <= 0 || options_set_value(&edit->options, OPTION_STRENGTH, values->strength, error)) &&
           edit_set_text(edit, values->options, error);
}

gboolean arguments_apply(const Arguments *values, dragon_point offset, Edit *edit, Call *call, GError **error) {
    set_text(&edit->prompt, values->prompt);
    set_text(&edit->reference_prompt, values->reference_prompt);
    set_text(&edit->model, values->model);
    edit->displacement = (dragon_point){values->shift_x, values->shift_y};
    call->reference = values->reference;
    call->place = (dragon_point){values->place_x - offset.x, values->place_y - offset.y};
    call->has_place = values->place_x != 0 || values->place_y != 0;
    return apply_points(values->points, offset, edit->arrows, error) && apply_factor(values->factor, edit, error) &&
           apply_options(values, edit, error);
}
