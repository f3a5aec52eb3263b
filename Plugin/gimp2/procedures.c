#include "procedures.h"

#include <string.h>
#include "arguments.h"
#include "words.h"

static const char PREFIX[] = "plug-in-dragon-";

static const GimpParamDef HEAD[] = {
    {GIMP_PDB_INT32, "run-mode", "Interactive, non-interactive or with the last values"},
    {GIMP_PDB_IMAGE, "image", "The image"},
    {GIMP_PDB_DRAWABLE, "drawable", "The layer to edit; of a result of an earlier edit: what is seen of it and below"},
};

static GimpPDBArgType type_of(ArgumentKind kind) {
    switch (kind) {
    case KIND_TEXT:
        return GIMP_PDB_STRING;
    case KIND_WHOLE:
        return GIMP_PDB_INT32;
    case KIND_NUMBER:
        return GIMP_PDB_FLOAT;
    case KIND_NUMBERS:
        return GIMP_PDB_FLOATARRAY;
    case KIND_LAYER:
        break;
    }
    return GIMP_PDB_DRAWABLE;
}

// All parameters of a mode's procedure, of GimpParamDef.
static GArray *params_of(const Mode *mode) {
    GArray *params = g_array_new(FALSE, FALSE, sizeof(GimpParamDef));
    g_array_append_vals(params, HEAD, G_N_ELEMENTS(HEAD));
    GPtrArray *arguments = arguments_of(mode);
    for (guint i = 0; i < arguments->len; i++) {
        const Argument *argument = g_ptr_array_index(arguments, i);
        GimpParamDef param = {type_of(argument->kind), (char *)argument->key, (char *)argument->blurb};
        GimpParamDef count = {GIMP_PDB_INT32, "num-points", "How many numbers follow"};
        if (argument->kind == KIND_NUMBERS)
            g_array_append_val(params, count);
        g_array_append_val(params, param);
    }
    g_ptr_array_unref(arguments);
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

static HostLayer *layer_of(gint32 id, Gimp *gimp, GError **error) {
    if (id != -1 && !(gimp_item_is_valid(id) && gimp_item_is_layer(id)))
        g_set_error_literal(error, WORDS_ERROR, 0, _("The reference is no layer."));
    else if (id != -1)
        return gimp_layer_of(gimp, id);
    return NULL;
}

// Reads one argument, and gives what follows it.
static const GimpParam *read_argument(const Argument *argument, const GimpParam *next, Gimp *gimp, Arguments *values,
                                      GError **error) {
    gpointer field = G_STRUCT_MEMBER_P(values, argument->offset);
    switch (argument->kind) {
    case KIND_TEXT:
        *(const char **)field = next->data.d_string;
        break;
    case KIND_WHOLE:
        *(int *)field = next->data.d_int32;
        break;
    case KIND_NUMBER:
        *(double *)field = next->data.d_float;
        break;
    case KIND_NUMBERS:
        // A count below 0 is as wrong as one that leaves an arrow without its end.
        *(Numbers *)field = (Numbers){next[1].data.d_floatarray, next->data.d_int32 < 0 ? 1 : next->data.d_int32};
        return next + 2;
    case KIND_LAYER:
        *(HostLayer **)field = layer_of(next->data.d_int32, gimp, error);
        break;
    }
    return next + 1;
}

gboolean procedures_read(gint count, const GimpParam *params, Gimp *gimp, Edit *edit, Call *call, GError **error) {
    GArray *wanted = params_of(edit->mode);
    gint needed = (gint)wanted->len;
    g_array_unref(wanted);
    if (count != needed) {
        g_set_error(error, WORDS_ERROR, 0, _("%d arguments were given where %d are needed."), count, needed);
        return FALSE;
    }
    GPtrArray *arguments = arguments_of(edit->mode);
    Arguments values = {0};
    GError *reason = NULL;
    const GimpParam *next = params + G_N_ELEMENTS(HEAD);
    for (guint i = 0; i < arguments->len && !reason; i++)
        next = read_argument(g_ptr_array_index(arguments, i), next, gimp, &values, &reason);
    g_ptr_array_unref(arguments);
    if (reason) {
        g_propagate_error(error, reason);
        return FALSE;
    }
    return arguments_apply(&values, (dragon_point){gimp->offset_x, gimp->offset_y}, edit, call, error);
}
