#include "switches.h"

#include "pieces.h"
#include "words.h"

typedef struct Switches {
    Session *session;
    GtkWidget *apart;
    /// Whether the program sets the buttons.
    gboolean is_following;
} Switches;

static void apart_toggled(GtkToggleButton *button, Switches *switches) {
    if (switches->is_following)
        return;
    switches->session->edit->lays_apart = gtk_toggle_button_get_active(button);
    // A result stays: it is laid in as many layers as are wanted when it is inserted.
    session_tell(switches->session, SESSION_EDIT);
}

static void listen(guint events, void *data) {
    Switches *switches = data;
    if (!(events & SESSION_EDIT))
        return;
    switches->is_following = TRUE;
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(switches->apart), switches->session->edit->lays_apart);
    switches->is_following = FALSE;
}

static GtkWidget *switch_new(const char *label, const char *tooltip, GCallback toggled, Switches *switches) {
    GtkWidget *button = gtk_check_button_new_with_mnemonic(label);
    gtk_widget_set_tooltip_text(button, tooltip);
    g_signal_connect(button, "toggled", toggled, switches);
    return button;
}

GtkWidget *switches_new(Session *session) {
    if (session->edit->mode->carries == CARRIES_NOTHING)
        return NULL;
    Switches *switches = g_new0(Switches, 1);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    switches->session = session;
    switches->apart = switch_new(_("Ob_ject on a layer of its own"),
                                 _("Insert two layers: the picture without the object, and above it the object alone, "
                                   "to be moved on or worked on by itself"),
                                 G_CALLBACK(apart_toggled), switches);
    gtk_box_pack_start(GTK_BOX(box), switches->apart, FALSE, FALSE, 0);
    pieces_own(box, switches);
    session_listen(session, listen, switches);
    return box;
}
