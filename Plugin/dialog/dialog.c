#include "dialog.h"

#include "window.h"
#include "words.h"

static gboolean begin_toolkit(Host *host, GError **error) {
    HostDesktop desktop = host->desktop(host);
    // X first: there the dialog can stand before the program's window.
    gdk_set_allowed_backends("x11,wayland");
    if (desktop.display && desktop.display[0])
        g_setenv("DISPLAY", desktop.display, TRUE);
    // Modules of another GTK that the environment may name.
    g_unsetenv("GTK_MODULES");
    g_set_prgname("dragon-gimp");
    if (desktop.window_class)
        gdk_set_program_class(desktop.window_class);
    if (!gtk_init_check(NULL, NULL)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("There is no display for the dialog. Scripts run without one."));
        return FALSE;
    }
    g_object_set(gtk_settings_get_default(), "gtk-application-prefer-dark-theme", desktop.is_dark, NULL);
    return TRUE;
}

// The edit and the masks of the chosen result become those that are inserted.
static HostLayer *insert(Session *session, GError **error) {
    Outcome *outcome = results_shown(&session->results);
    Edit chosen = *outcome->edit;
    *outcome->edit = *session->edit;
    *session->edit = chosen;
    // How it is laid is said when it is inserted.
    edit_lay_as(session->edit, outcome->edit);
    if (session->frames)
        return frames_insert(session->frames, session->host, session->edit, error);
    Material material = outcome->made_from;
    material.picture = session->material->picture;
    return session->host->insert(session->host, session->edit, &material, outcome->result, error);
}

HostLayer *dialog_run(Host *host, Edit *edit, HostLayer **reference, GError **error) {
    Session *session = begin_toolkit(host, error) ? session_new(host, edit, error) : NULL;
    HostLayer *inserted = NULL;
    if (!session)
        return NULL;
    if (window_run(session)) {
        *reference = session_source(session);
        inserted = insert(session, error);
    }
    session_free(session);
    return inserted;
}
