#include "switches.h"

#include "pieces.h"
#include "words.h"

typedef struct Switches {
    Session *session;
    GtkWidget *box;
    /// NULL where the mode has no such switch.
    GtkWidget *shadow;
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

static void shadow_toggled(GtkToggleButton *button, Switches *switches) {
    if (switches->is_following)
        return;
    session_begin_step(switches->session, STEP_OWN);
    switches->session->edit->takes_shadow = gtk_toggle_button_get_active(button);
    session_edit_changed(switches->session);
}

// Only where there is one; while that of a bettered object is looked for it does not come and go.
static gboolean has_shadow(const Switches *switches) {
    const Session *session = switches->session;
    return session->material->shadow || (session->is_finding_shadow && gtk_widget_get_visible(switches->shadow));
}

static void listen(guint events, void *data) {
    Switches *switches = data;
    const Session *session = switches->session;
    const Edit *edit = session->edit;
    if (!(events & (SESSION_EDIT | SESSION_OBJECTS)))
        return;
    switches->is_following = TRUE;
    if (switches->apart) {
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(switches->apart), edit->lays_apart);
        // A layer is a frame there.
        gtk_widget_set_sensitive(switches->apart, !edit->edits_frames);
    }
    if (switches->shadow) {
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(switches->shadow), edit->takes_shadow);
        gtk_widget_set_visible(switches->shadow, has_shadow(switches));
        gtk_widget_set_sensitive(switches->shadow, edit->options.at[OPTION_PLATE] != 0);
    }
    switches->is_following = FALSE;
}

static GtkWidget *switch_new(const char *label, const char *tooltip, GCallback toggled, Switches *switches) {
    GtkWidget *button = gtk_check_button_new_with_mnemonic(label);
    gtk_widget_set_tooltip_text(button, tooltip);
    g_signal_connect(button, "toggled", toggled, switches);
    gtk_box_pack_start(GTK_BOX(switches->box), button, FALSE, FALSE, 0);
    return button;
}

GtkWidget *switches_new(Session *session) {
    const Mode *mode = session->edit->mode;
    if (mode->carries == CARRIES_NOTHING && !mode->shadow_label)
        return NULL;
    Switches *switches = g_new0(Switches, 1);
    switches->session = session;
    switches->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    if (mode->shadow_label) {
        switches->shadow =
            switch_new(_(mode->shadow_label), _("The shadow that the object casts, marked in orange, goes with it"),
                       G_CALLBACK(shadow_toggled), switches);
        gtk_widget_set_no_show_all(switches->shadow, TRUE);
    }
    if (mode->carries != CARRIES_NOTHING)
        switches->apart =
            switch_new(_("Ob_ject on a layer of its own"),
                       _("Insert two layers: the picture without the object, and above it the object alone, "
                         "to be moved on or worked on by itself"),
                       G_CALLBACK(apart_toggled), switches);
    pieces_own(switches->box, switches);
    session_listen(session, listen, switches);
    return switches->box;
}
