// The plug-in's entry: what GIMP asks on discovery, and the run of a procedure.
#include "calls.h"
#include "opening.h"
#include "procedures.h"
#include "words.h"

// --- A call ----------------------------------------------------------------------------------------------------------

// The edit of a call, or its dialog. The new layer, or NULL with an error.
static GimpLayer *run_edit(const Mode *mode, GimpRunMode run_mode, Gimp *gimp, GError **error) {
    Edit *edit = edit_new(mode);
    Call call = {0};
    CallKind kind = run_mode == GIMP_RUN_INTERACTIVE      ? CALL_ASKS
                    : run_mode == GIMP_RUN_WITH_LAST_VALS ? CALL_AGAIN
                                                          : CALL_IS_TOLD;
    HostLayer *layer = NULL;
    if (kind != CALL_IS_TOLD || procedures_read(gimp, edit, &call, error))
        layer = calls_run(&gimp->host, kind, edit, &call, error);
    edit_free(edit);
    return layer ? layer->layer : NULL;
}

static GimpValueArray *run(GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables,
                           GimpProcedureConfig *config, gpointer mode) {
    GError *error = NULL;
    gegl_init(NULL, NULL);
    Gimp *gimp = opening_new(image, drawables, config, &error);
    GimpLayer *layer = gimp ? run_edit(mode, run_mode, gimp, &error) : NULL;
    if (gimp)
        opening_free(gimp);
    if (layer) {
        GimpValueArray *values = gimp_procedure_new_return_values(procedure, GIMP_PDB_SUCCESS, NULL);
        GIMP_VALUES_SET_LAYER(values, 1, layer);
        return values;
    }
    if (error && error->code != WORDS_ERROR_CANCELLED)
        return gimp_procedure_new_return_values(procedure, GIMP_PDB_EXECUTION_ERROR, error);
    g_clear_error(&error);
    return gimp_procedure_new_return_values(procedure, GIMP_PDB_CANCEL, NULL);
}

// --- The plug-in -----------------------------------------------------------------------------------------------------

typedef struct DragonPlugIn {
    GimpPlugIn parent;
} DragonPlugIn;

typedef struct DragonPlugInClass {
    GimpPlugInClass parent;
} DragonPlugInClass;

GType dragon_plug_in_get_type(void);
G_DEFINE_TYPE(DragonPlugIn, dragon_plug_in, GIMP_TYPE_PLUG_IN)

static GList *query_procedures(GimpPlugIn *plug_in) {
    (void)plug_in;
    return procedures_names();
}

static GimpProcedure *create_procedure(GimpPlugIn *plug_in, const char *name) {
    return procedures_new(plug_in, name, run);
}

// Translations lie in a folder beside the program.
static gboolean set_i18n(GimpPlugIn *plug_in, const char *procedure, char **domain, char **folder) {
    (void)plug_in;
    (void)procedure;
    *domain = g_strdup(WORDS_DOMAIN);
    *folder = g_strdup("locale");
    return TRUE;
}

static void dragon_plug_in_class_init(DragonPlugInClass *class) {
    GimpPlugInClass *plug_in = GIMP_PLUG_IN_CLASS(class);
    plug_in->query_procedures = query_procedures;
    plug_in->create_procedure = create_procedure;
    plug_in->set_i18n = set_i18n;
}

static void dragon_plug_in_init(DragonPlugIn *plug_in) {
    (void)plug_in;
}

GIMP_MAIN(dragon_plug_in_get_type())
