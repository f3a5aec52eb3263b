#include "procedures.h"

#include <math.h>
#include <string.h>
#include "words.h"

#define HEAD                                                                                                           \
    {GIMP_PDB_INT32, "run-mode", "Interactive, non-interactive or with the last values"},                              \
        {GIMP_PDB_IMAGE, "image", "The image"}, {GIMP_PDB_DRAWABLE, "drawable", "The layer to edit"}, {                \
        GIMP_PDB_STRING, "prompt", "What the picture shows; may be empty"                                              \
    }
#define TAIL                                                                                                           \
    {GIMP_PDB_STRING, "model", "Folder or file of the model; empty for the first that is found"},                      \
        {GIMP_PDB_INT32, "seed", "Where chance begins; below 0 a seed is drawn"},                                      \
        {GIMP_PDB_INT32, "steps", "Steps of the sampler; 0 for the model's own number"},                               \
        {GIMP_PDB_FLOAT, "strength", "Factor of the pull towards the edit; 0 or below for the model's own, 1"}, {      \
        GIMP_PDB_STRING, "options",                                                                                    \
            "Further values as key=value;key=value: guidance, algorithm (dragon or diffeditor), edit-weight, "         \
            "content-weight, contrast-weight, inpaint-weight, sde-strength, side, grow, feather, plate (on or off), "  \
            "outline (x,y x,y ... of the object in pixels of the layer, instead of the selection); may be empty"       \
    }
#define POINTS                                                                                                         \
    {GIMP_PDB_INT32, "num-points", "How many numbers follow, four an arrow; 0 takes the strokes of the active path"},  \
    {                                                                                                                  \
        GIMP_PDB_FLOATARRAY, "points", "x, y of a handle, then x, y of its target, in pixels of the image"             \
    }
#define REFERENCE                                                                                                      \
    {GIMP_PDB_DRAWABLE, "reference",                                                                                   \
     "Layer of this or another image that shows the object: by its image's selection, its mask or its alpha"},         \
    {                                                                                                                  \
        GIMP_PDB_STRING, "reference-prompt", "What the reference shows; empty for the same as the picture"             \
    }

static const GimpParamDef MOVE[] = {
    HEAD,
    {GIMP_PDB_FLOAT, "displacement-x", "Shift of the selected object to the right, in pixels"},
    {GIMP_PDB_FLOAT, "displacement-y", "Shift downwards; both 0: from the first to the last anchor of the active path"},
    {GIMP_PDB_FLOAT, "factor", "Factor of the object's size; 0 or 1 keeps it"},
    TAIL};
static const GimpParamDef RESIZE[] = {
    HEAD, {GIMP_PDB_FLOAT, "factor", "Factor of the selected object's size, such as 1.5"}, TAIL};
static const GimpParamDef ARROWS[] = {HEAD, POINTS, TAIL};
static const GimpParamDef APPEARANCE[] = {HEAD, REFERENCE, TAIL};
static const GimpParamDef PASTE[] = {
    HEAD,
    REFERENCE,
    {GIMP_PDB_FLOAT, "x", "Where the object's middle goes, in pixels of the image"},
    {GIMP_PDB_FLOAT, "y", "The same, downwards; both 0: the last anchor of the active path"},
    {GIMP_PDB_FLOAT, "factor", "Factor of the object's size; 0 or 1 keeps it"},
    TAIL};

typedef struct Procedure {
    const char *label;
    const char *blurb;
    const char *help;
    const GimpParamDef *params;
    gint count;
} Procedure;

#define PARAMS(list) list, G_N_ELEMENTS(list)
static const Procedure PROCEDURES[] = {
    [DRAGON_MOVE] = {N_("_Move Object..."), N_("Move the selected object and fill the place it leaves"),
                     "The selection is the object. One stroke of the active path, or the dialog, says where to.",
                     PARAMS(MOVE)},
    [DRAGON_RESIZE] = {N_("_Resize Object..."), N_("Make the selected object larger or smaller where it stands"),
                       "The selection is the object.", PARAMS(RESIZE)},
    [DRAGON_DRAG] = {N_("_Drag Content..."), N_("Drag what is under points to other points"),
                     "The selection is the region that may change; without one it is found around the points.",
                     PARAMS(ARROWS)},
    [DRAGON_LANDMARK] = {N_("Match _Landmarks..."), N_("Bring points of the picture to other places, all else is free"),
                         "Each stroke of the active path leads from a point to its place.", PARAMS(ARROWS)},
    [DRAGON_APPEARANCE] = {N_("Replace _Appearance..."), N_("Give the selected object the looks of another one"),
                           "The selection is the object; the reference shows the looks.", PARAMS(APPEARANCE)},
    [DRAGON_PASTE] = {N_("_Paste Object..."), N_("Lay an object of another picture into this one"),
                      "The reference shows the object, by its selection, mask or transparency.", PARAMS(PASTE)},
};

void procedures_install(void) {
    static const GimpParamDef returns[] = {{GIMP_PDB_LAYER, "layer", "The new layer"}};
    for (guint mode = 0; mode < G_N_ELEMENTS(PROCEDURES); mode++) {
        const Procedure *procedure = &PROCEDURES[mode];
        char *name = g_strdup_printf("plug-in-dragon-%s", edit_mode_key(mode));
        gimp_install_procedure(name, procedure->blurb, procedure->help, "The dragon project", "The dragon project",
                               "2026", procedure->label, "RGB*, GRAY*, INDEXED*", GIMP_PLUGIN, procedure->count,
                               G_N_ELEMENTS(returns), procedure->params, returns);
        gimp_plugin_menu_register(name, "<Image>/Filters/Dragon");
        g_free(name);
    }
}

gboolean procedures_mode(const char *name, dragon_mode *mode) {
    for (*mode = DRAGON_MOVE; *mode <= DRAGON_PASTE; ++*mode)
        if (g_str_has_prefix(name, "plug-in-dragon-") && strcmp(name + 15, edit_mode_key(*mode)) == 0)
            return TRUE;
    return FALSE;
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

static gboolean read_arrows(Reader *reader, const Host *host, GArray *arrows, GError **error) {
    gint32 count = read_int(reader);
    const gdouble *numbers = (reader->next++)->data.d_floatarray;
    if (count < 0 || count % 4 != 0) {
        g_set_error(error, WORDS_ERROR, 0, _("num-points is %d: give four numbers an arrow."), count);
        return FALSE;
    }
    for (gint32 i = 0; i < count; i += 4) {
        Arrow arrow = {{numbers[i] - host->offset_x, numbers[i + 1] - host->offset_y},
                       {numbers[i + 2] - host->offset_x, numbers[i + 3] - host->offset_y}};
        g_array_append_val(arrows, arrow);
    }
    return TRUE;
}

static void read_place(Reader *reader, Call *call) {
    call->place.x = read_float(reader);
    call->place.y = read_float(reader);
    call->has_place = call->place.x != 0 || call->place.y != 0;
}

static gboolean read_factor(Reader *reader, Edit *edit, GError **error) {
    double factor = read_float(reader);
    if (!(factor >= 0 && factor <= 100)) {
        g_set_error(error, WORDS_ERROR, 0, _("The factor %g must lie between 0 and 100."), factor);
        return FALSE;
    }
    edit->resize = factor == 0 ? 1 : factor;
    return TRUE;
}

static gboolean read_mode(Reader *reader, const Host *host, Edit *edit, Call *call, GError **error) {
    if (mode_needs_reference(edit->mode)) {
        call->reference = read_int(reader);
        read_text(reader, &edit->reference_prompt);
    }
    if (mode_uses_arrows(edit->mode))
        return read_arrows(reader, host, edit->arrows, error);
    if (edit->mode == DRAGON_MOVE) {
        edit->displacement.x = read_float(reader);
        edit->displacement.y = read_float(reader);
    }
    if (edit->mode == DRAGON_PASTE)
        read_place(reader, call);
    return edit->mode == DRAGON_APPEARANCE || read_factor(reader, edit, error);
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

gboolean procedures_read(gint count, const GimpParam *params, const Host *host, Edit *edit, Call *call,
                         GError **error) {
    if (count != PROCEDURES[edit->mode].count) {
        g_set_error(error, WORDS_ERROR, 0, _("%d arguments were given where %d are needed."), count,
                    PROCEDURES[edit->mode].count);
        return FALSE;
    }
    Reader reader = {params + 3};
    read_text(&reader, &edit->prompt);
    return read_mode(&reader, host, edit, call, error) && read_tail(&reader, edit, error);
}
