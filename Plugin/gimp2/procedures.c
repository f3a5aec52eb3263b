#include "procedures.h"

#include <string.h>
#include "words.h"

static const char PREFIX[] = "plug-in-dragon-";

static const GimpParamDef HEAD[] = {
    {GIMP_PDB_INT32, "run-mode", "Interactive, non-interactive or with the last values"},
    {GIMP_PDB_IMAGE, "image", "The image"},
    {GIMP_PDB_DRAWABLE, "drawable", "The layer to edit; of a result of an earlier edit: what is seen of it and below"},
    {GIMP_PDB_STRING, "prompt", "What the picture shows; may be empty"},
};
static const GimpParamDef TAIL[] = {
    {GIMP_PDB_STRING, "model", "Folder or file of the model; empty for the first that is found"},
    {GIMP_PDB_INT32, "seed", "Where chance begins; below 0 a seed is drawn"},
    {GIMP_PDB_INT32, "steps", "Steps of the sampler; 0 for the model's own number"},
    {GIMP_PDB_FLOAT, "strength", "Factor of the pull towards the edit; 0 or below for the model's own, 1"},
    {GIMP_PDB_STRING, "options",
     "Further values as key=value;key=value: guidance, algorithm (dragon or diffeditor), edit-weight, content-weight, "
     "contrast-weight, inpaint-weight, sde-strength, side, grow, feather, soften, plate (on or off), outline (x,y x,y "
     "... of the object in pixels of the layer, instead of the selection); may be empty"},
};

// What each argument of a mode is to the procedure.
typedef struct Arguments {
    GimpParamDef params[2];
    gint count;
} Arguments;

static const Arguments ARGUMENTS[] = {
    [ARGUMENT_REFERENCE] =
        {{{GIMP_PDB_DRAWABLE, "reference",
           "Layer of this or another image that shows the object: by its image's selection, its mask or its alpha"},
          {GIMP_PDB_STRING, "reference-prompt", "What the reference shows; empty for the same as the picture"}},
         2},
    [ARGUMENT_ARROWS] = {{{GIMP_PDB_INT32, "num-points",
                           "How many numbers follow, four an arrow; 0 takes the strokes of the active path"},
                          {GIMP_PDB_FLOATARRAY, "points",
                           "x, y of a handle, then x, y of its target, in pixels of the image"}},
                         2},
    [ARGUMENT_SHIFT] = {{{GIMP_PDB_FLOAT, "displacement-x", "Shift of the selected object to the right, in pixels"},
                         {GIMP_PDB_FLOAT, "displacement-y",
                          "Shift downwards; both 0: from the first to the last anchor of the active path"}},
                        2},
    [ARGUMENT_PLACE] = {{{GIMP_PDB_FLOAT, "x", "Where the object's middle goes, in pixels of the image"},
                         {GIMP_PDB_FLOAT, "y", "The same, downwards; both 0: the last anchor of the active path"}},
                        2},
    [ARGUMENT_FACTOR] = {{{GIMP_PDB_FLOAT, "factor", "Factor of the object's size, such as 1.5; 0 or 1 keeps it"}}, 1},
};

static void append(GArray *params, const GimpParamDef *list, guint count) {
    g_array_append_vals(params, list, count);
}

// All parameters of a mode's procedure, of GimpParamDef.
static GArray *params_of(const Mode *mode) {
    GArray *params = g_array_new(FALSE, FALSE, sizeof(GimpParamDef));
    append(params, HEAD, G_N_ELEMENTS(HEAD));
    for (guint i = 0; i < G_N_ELEMENTS(mode->arguments) && mode->arguments[i] != ARGUMENT_END; i++)
        append(params, ARGUMENTS[mode->arguments[i]].params, (guint)ARGUMENTS[mode->arguments[i]].count);
    append(params, TAIL, G_N_ELEMENTS(TAIL));
    return params;
}

void procedures_install(void) {
    static const GimpParamDef returns[] = {{GIMP_PDB_LAYER, "layer", "The new layer"}};
    for (guint i = 0; i < MODE_COUNT; i++) {
        const Mode *mode = &MODES[i];
        char *name = g_strconcat(PREFIX, mode->key, NULL);
        GArray *params = params_of(mode);
        gimp_install_procedure(name, mode->blurb, mode->help, "The dragon project", "The dragon project", "2026",
                               mode->menu, "RGB*, GRAY*, INDEXED*", GIMP_PLUGIN, (gint)params->len,
                               G_N_ELEMENTS(returns), (const GimpParamDef *)(void *)params->data, returns);
        gimp_plugin_menu_register(name, "<Image>/Filters/Dragon");
        g_array_unref(params);
        g_free(name);
    }
}

const Mode *procedures_mode(const char *name) {
    return g_str_has_prefix(name, PREFIX) ? mode_by_key(name + strlen(PREFIX)) : NULL;
}

// The next argument of a call.
typedef struct Reader {
    const GimpParam *next;
} Reader;

static void read_text(Reader *reader, char **text) {
    const char *given = (reader->next++)->data.d_string;
    g_free(*text);
    *text = g_strdup(given ? given : "");
}

static double read_float(Reader *reader) {
    return (reader->next++)->data.d_float;
}

static gint32 read_int(Reader *reader) {
    return (reader->next++)->data.d_int32;
}

static gboolean read_arrows(Reader *reader, const Gimp *gimp, GArray *arrows, GError **error) {
    gint32 count = read_int(reader);
    const gdouble *numbers = (reader->next++)->data.d_floatarray;
    if (count < 0 || count % 4 != 0) {
        g_set_error(error, WORDS_ERROR, 0, _("num-points is %d: give four numbers an arrow."), count);
        return FALSE;
    }
    for (gint32 i = 0; i < count; i += 4) {
        Arrow arrow = {{numbers[i] - gimp->offset_x, numbers[i + 1] - gimp->offset_y},
                       {numbers[i + 2] - gimp->offset_x, numbers[i + 3] - gimp->offset_y}};
        g_array_append_val(arrows, arrow);
    }
    return TRUE;
}

static void read_place(Reader *reader, const Gimp *gimp, Call *call) {
    double x = read_float(reader), y = read_float(reader);
    call->place = (dragon_point){x - gimp->offset_x, y - gimp->offset_y};
    call->has_place = x != 0 || y != 0;
}

static gboolean read_factor(Reader *reader, Edit *edit, GError **error) {
    double factor = read_float(reader);
    if (factor != 0 && !(factor >= DRAGON_LEAST_RESIZE && factor <= DRAGON_MOST_RESIZE)) {
        g_set_error(error, WORDS_ERROR, 0, _("The factor %g must lie between %g and %g."), factor, DRAGON_LEAST_RESIZE,
                    (double)DRAGON_MOST_RESIZE);
        return FALSE;
    }
    edit->resize = factor == 0 ? 1 : factor;
    return TRUE;
}

static gboolean read_reference(Reader *reader, Gimp *gimp, Edit *edit, Call *call, GError **error) {
    gint32 id = read_int(reader);
    read_text(reader, &edit->reference_prompt);
    if (id != -1 && !(gimp_item_is_valid(id) && gimp_item_is_layer(id))) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The reference is no layer."));
        return FALSE;
    }
    call->reference = id == -1 ? NULL : gimp_layer_of(gimp, id);
    return TRUE;
}

static gboolean read_argument(Reader *reader, ModeArgument argument, Gimp *gimp, Edit *edit, Call *call,
                              GError **error) {
    switch (argument) {
    case ARGUMENT_REFERENCE:
        return read_reference(reader, gimp, edit, call, error);
    case ARGUMENT_ARROWS:
        return read_arrows(reader, gimp, edit->arrows, error);
    case ARGUMENT_SHIFT:
        edit->displacement.x = read_float(reader);
        edit->displacement.y = read_float(reader);
        return TRUE;
    case ARGUMENT_PLACE:
        read_place(reader, gimp, call);
        return TRUE;
    case ARGUMENT_FACTOR:
        return read_factor(reader, edit, error);
    case ARGUMENT_END:
        break;
    }
    return TRUE;
}

static gboolean read_tail(Reader *reader, Edit *edit, GError **error) {
    read_text(reader, &edit->model);
    gint32 seed = read_int(reader), steps = read_int(reader);
    double strength = read_float(reader);
    const char *options = (reader->next++)->data.d_string;
    return (seed < 0 || options_set_value(&edit->options, OPTION_SEED, seed, error)) &&
           (steps == 0 || options_set_value(&edit->options, OPTION_STEPS, steps, error)) &&
           (strength <= 0 || options_set_value(&edit->options, OPTION_STRENGTH, strength, error)) &&
           edit_set_text(edit, options, error);
}

gboolean procedures_read(gint count, const GimpParam *params, Gimp *gimp, Edit *edit, Call *call, GError **error) {
    GArray *wanted = params_of(edit->mode);
    gint needed = (gint)wanted->len;
    g_array_unref(wanted);
    if (count != needed) {
        g_set_error(error, WORDS_ERROR, 0, _("%d arguments were given where %d are needed."), count, needed);
        return FALSE;
    }
    Reader reader = {params + G_N_ELEMENTS(HEAD) - 1};
    read_text(&reader, &edit->prompt);
    const ModeArgument *arguments = edit->mode->arguments;
    for (guint i = 0; i < G_N_ELEMENTS(edit->mode->arguments); i++)
        if (!read_argument(&reader, arguments[i], gimp, edit, call, error))
            return FALSE;
    return read_tail(&reader, edit, error);
}
