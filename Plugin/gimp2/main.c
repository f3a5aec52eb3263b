// The plug-in's entry: what GIMP asks on discovery, and the run of a procedure.
#include <locale.h>
#include <gegl.h>
#include <libgimp/gimp.h>
#include "calls.h"
#include "opening.h"
#include "procedures.h"
#include "words.h"

// Translations lie beside the program; where they do not, in the system's place.
static char *locale_folder(void) {
    char *program = g_file_read_link("/proc/self/exe", NULL);
    char *folder = program ? g_path_get_dirname(program) : g_strdup(".");
    char *beside = g_build_filename(folder, "locale", NULL);
    g_free(program);
    g_free(folder);
    if (g_file_test(beside, G_FILE_TEST_IS_DIR))
        return beside;
    g_free(beside);
    return g_strdup("/usr/share/locale");
}

static void query(void) {
    char *folder = locale_folder();
    gimp_plugin_domain_register(WORDS_DOMAIN, folder);
    g_free(folder);
    procedures_install();
}

static void prepare(void) {
    char *folder = locale_folder();
    setlocale(LC_ALL, "");
    bindtextdomain(WORDS_DOMAIN, folder);
    bind_textdomain_codeset(WORDS_DOMAIN, "UTF-8");
    g_free(folder);
    gegl_init(NULL, NULL);
    gimp_plugin_enable_precision();
}

// The edit of a call, or its dialog. The new layer's number, or -1 with an error.
static gint32 run_edit(const Mode *mode, GimpRunMode run_mode, gint count, const GimpParam *params, GError **error) {
    Gimp *gimp = opening_new(params[1].data.d_image, params[2].data.d_drawable, error);
    if (!gimp)
        return -1;
    Edit *edit = edit_new(mode);
    Call call = {0};
    CallKind kind = run_mode == GIMP_RUN_INTERACTIVE      ? CALL_ASKS
                    : run_mode == GIMP_RUN_WITH_LAST_VALS ? CALL_AGAIN
                                                          : CALL_IS_TOLD;
    HostLayer *layer = NULL;
    if (kind != CALL_IS_TOLD || procedures_read(count, params, gimp, edit, &call, error))
        layer = calls_run(&gimp->host, kind, edit, &call, error);
    gint32 id = layer ? layer->id : -1;
    edit_free(edit);
    opening_free(gimp);
    return id;
}

static void run(const gchar *name, gint count, const GimpParam *params, gint *return_count, GimpParam **returns) {
    static GimpParam values[2];
    static char *message;
    values[0] = (GimpParam){.type = GIMP_PDB_STATUS, .data.d_status = GIMP_PDB_CALLING_ERROR};
    *return_count = 1;
    *returns = values;
    const Mode *mode = procedures_mode(name);
    if (count < 3 || !mode)
        return;
    prepare();
    GError *error = NULL;
    gint32 layer = run_edit(mode, params[0].data.d_int32, count, params, &error);
    if (layer != -1) {
        values[0].data.d_status = GIMP_PDB_SUCCESS;
        values[1] = (GimpParam){.type = GIMP_PDB_LAYER, .data.d_layer = layer};
        *return_count = 2;
    } else if (!error || error->code == WORDS_ERROR_CANCELLED) {
        values[0].data.d_status = GIMP_PDB_CANCEL;
    } else {
        values[0].data.d_status = GIMP_PDB_EXECUTION_ERROR;
        g_free(message);
        message = g_strdup(error->message);
        values[1] = (GimpParam){.type = GIMP_PDB_STRING, .data.d_string = message};
        *return_count = 2;
    }
    g_clear_error(&error);
}

const GimpPlugInInfo PLUG_IN_INFO = {NULL, NULL, query, run};

MAIN()
