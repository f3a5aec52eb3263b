#include "procedures.h"

#include <string.h>
#include "arguments.h"
#include "words.h"

static const char PREFIX[] = "plug-in-dragon-";

// --- Registration ----------------------------------------------------------------------------------------------------

GList *procedures_names(void) {
    GList *names = NULL;
    for (guint i = 0; i < MODE_COUNT; i++)
        names = g_list_append(names, g_strconcat(PREFIX, MODES[i].key, NULL));
    return names;
}

static void add_argument(GimpProcedure *procedure, const Argument *argument) {
    const char *key = argument->key, *label = argument->label, *blurb = argument->blurb;
    switch (argument->kind) {
    case KIND_TEXT:
        gimp_procedure_add_string_argument(procedure, key, label, blurb, "", G_PARAM_READWRITE);
        break;
    case KIND_WHOLE:
        gimp_procedure_add_int_argument(procedure, key, label, blurb, (gint)argument->lowest, (gint)argument->highest,
                                        (gint)argument->usual, G_PARAM_READWRITE);
        break;
    case KIND_NUMBER:
        gimp_procedure_add_double_argument(procedure, key, label, blurb, argument->lowest, argument->highest,
                                           argument->usual, G_PARAM_READWRITE);
        break;
    case KIND_NUMBERS:
        gimp_procedure_add_double_array_argument(procedure, key, label, blurb, G_PARAM_READWRITE);
        break;
    case KIND_LAYER:
        gimp_procedure_add_layer_argument(procedure, key, label, blurb, TRUE, G_PARAM_READWRITE);
        break;
    }
}

GimpProcedure *procedures_new(GimpPlugIn *plug_in, const char *name, GimpRunImageFunc run) {
    const Mode *mode = g_str_has_prefix(name, PREFIX) ? mode_by_key(name + strlen(PREFIX)) : NULL;
    if (!mode)
        return NULL;
    GimpProcedure *procedure =
        gimp_image_procedure_new(plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN, run, (gpointer)mode, NULL);
    gimp_procedure_set_image_types(procedure, "*");
    // Several layers are answered by a sentence.
    gimp_procedure_set_sensitivity_mask(procedure,
                                        GIMP_PROCEDURE_SENSITIVE_DRAWABLE | GIMP_PROCEDURE_SENSITIVE_DRAWABLES);
    gimp_procedure_set_menu_label(procedure, _(mode->menu));
    gimp_procedure_add_menu_path(procedure, "<Image>/Filters/Dragon");
    gimp_procedure_set_documentation(procedure, _(mode->blurb), mode->help, name);
    gimp_procedure_set_attribution(procedure, "The dragon project", "The dragon project", "2026");
    GPtrArray *arguments = arguments_of(mode);
    for (guint i = 0; i < arguments->len; i++)
        add_argument(procedure, g_ptr_array_index(arguments, i));
    g_ptr_array_unref(arguments);
    gimp_procedure_add_layer_return_value(procedure, "layer", "Layer", "The new layer", FALSE, G_PARAM_READWRITE);
    return procedure;
}

// --- Values ----------------------------------------------------------------------------------------------------------

HostLayer *procedures_reference(Gimp *gimp) {
    GimpLayer *layer = NULL;
    g_object_get(gimp->config, "reference", &layer, NULL);
    HostLayer *found = layer && layer_is_open(layer) ? host_layer_of(gimp, layer) : NULL;
    g_clear_object(&layer);
    return found;
}

// `texts`, `lists`: what the values point to.
static void read_argument(Gimp *gimp, const Argument *argument, Arguments *values, GPtrArray *texts, GPtrArray *lists) {
    gpointer field = G_STRUCT_MEMBER_P(values, argument->offset);
    if (argument->kind == KIND_LAYER) {
        *(HostLayer **)field = procedures_reference(gimp);
    } else if (argument->kind == KIND_NUMBERS) {
        GimpArray *list = NULL;
        gsize count = 0;
        g_object_get(gimp->config, argument->key, &list, NULL);
        const double *numbers = list ? gimp_double_array_get_values(list, &count) : NULL;
        *(Numbers *)field = (Numbers){numbers, count};
        g_ptr_array_add(lists, list);
    } else {
        g_object_get(gimp->config, argument->key, field, NULL);
        if (argument->kind == KIND_TEXT)
            g_ptr_array_add(texts, *(char **)field);
    }
}

static void free_list(gpointer list) {
    if (list)
        g_boxed_free(GIMP_TYPE_DOUBLE_ARRAY, list);
}

gboolean procedures_read(Gimp *gimp, Edit *edit, Call *call, GError **error) {
    GPtrArray *arguments = arguments_of(edit->mode);
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free), *lists = g_ptr_array_new_with_free_func(free_list);
    Arguments values = {0};
    for (guint i = 0; i < arguments->len; i++)
        read_argument(gimp, g_ptr_array_index(arguments, i), &values, texts, lists);
    gboolean good = arguments_apply(&values, (dragon_point){gimp->offset_x, gimp->offset_y}, edit, call, error);
    g_ptr_array_unref(lists);
    g_ptr_array_unref(texts);
    g_ptr_array_unref(arguments);
    return good;
}

void procedures_write(const Mode *mode, GimpProcedureConfig *config, const char *text) {
    GPtrArray *arguments = arguments_of(mode);
    // The text says all: what it is silent on is as usual.
    for (guint i = 0; i < arguments->len; i++) {
        const Argument *argument = g_ptr_array_index(arguments, i);
        GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(config), argument->key);
        g_object_set_property(G_OBJECT(config), argument->key, g_param_spec_get_default_value(spec));
    }
    g_ptr_array_unref(arguments);
    g_object_set(config, "options", text, NULL);
}
