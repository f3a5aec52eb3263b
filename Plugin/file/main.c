// dragon-dialog MODE PICTURE [OPTION…] -o OUTPUT: the dialog on a picture file.
#include <locale.h>
#include "dialog.h"
#include "file.h"
#include "words.h"

enum { EXIT_DONE = 0, EXIT_CLOSED = 1, EXIT_BAD_INPUT = 2 };

static int fail(GError *error) {
    g_printerr("%s\n", error->message);
    g_error_free(error);
    return EXIT_BAD_INPUT;
}

// Shows the dialog; what it was told at first is an edit's text.
static int run(const Mode *mode, const FileNames *names, const char *values, GError **error) {
    FileHost *file = file_open(names, error);
    if (!file)
        return EXIT_BAD_INPUT;
    Edit *edit = edit_new(mode);
    HostLayer *reference = NULL, *inserted = NULL;
    if (edit_set_text(edit, values, error))
        inserted = dialog_run(file_host(file), edit, &reference, error);
    if (inserted) {
        char *text = edit_to_text(edit);
        g_print("%s", text);
        g_free(text);
    }
    edit_free(edit);
    file_close(file);
    return inserted ? EXIT_DONE : *error ? EXIT_BAD_INPUT : EXIT_CLOSED;
}

int main(int count, char **arguments) {
    FileNames names = {0};
    char *values = NULL, *locale = NULL;
    const GOptionEntry entries[] = {
        {"selection", 's', 0, G_OPTION_ARG_FILENAME, &names.selection, "What is selected: white", "FILE"},
        {"reference", 'r', 0, G_OPTION_ARG_FILENAME, &names.reference, "A picture to take from", "FILE"},
        {"reference-selection", 0, 0, G_OPTION_ARG_FILENAME, &names.reference_selection, "What of it", "FILE"},
        {"selected", 0, 0, G_OPTION_ARG_FILENAME, &names.selected, "Where a selection goes that is made (PNG)", "FILE"},
        {"values", 0, 0, G_OPTION_ARG_STRING, &values, "Values to begin with", "KEY=VALUE;…"},
        {"locale", 0, 0, G_OPTION_ARG_FILENAME, &locale, "Where the translations lie", "FOLDER"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &names.output, "Where the edited picture goes (PNG)", "FILE"},
        {0}};
    GError *error = NULL;
    setlocale(LC_ALL, "");
    GOptionContext *context = g_option_context_new("MODE PICTURE");
    g_option_context_add_main_entries(context, entries, NULL);
    gboolean good = g_option_context_parse(context, &count, &arguments, &error);
    g_option_context_free(context);
    if (!good)
        return fail(error);
    const Mode *mode = count == 3 ? mode_by_key(arguments[1]) : NULL;
    if (!mode || !names.output) {
        g_printerr("Say a mode, a picture and -o; --help tells more.\n");
        return EXIT_BAD_INPUT;
    }
    if (locale)
        bindtextdomain(WORDS_DOMAIN, locale);
    bind_textdomain_codeset(WORDS_DOMAIN, "UTF-8");
    names.picture = arguments[2];
    int code = run(mode, &names, values, &error);
    return error ? fail(error) : code;
}
