#include "panel.h"

#include "animating.h"
#include "hint.h"
#include "loras.h"
#include "models.h"
#include "options_box.h"
#include "pieces.h"
#include "placing.h"
#include "sources.h"
#include "switches.h"
#include "words.h"

typedef struct Panel {
    Session *session;
    GtkWidget *box;
} Panel;

static GtkWidget *heading(const char *text) {
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_style_context_add_class(gtk_widget_get_style_context(label), "dragon-heading");
    return label;
}

static void prompt_changed(GtkWidget *entry, Session *session) {
    pieces_take_text(entry, &session->edit->prompt);
    session_tell(session, SESSION_EDIT);
}

static void reference_prompt_changed(GtkWidget *entry, Session *session) {
    pieces_take_text(entry, &session->edit->reference_prompt);
    session_tell(session, SESSION_EDIT);
}

static GtkWidget *reference_box(Session *session) {
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    gtk_box_pack_start(GTK_BOX(box), sources_new(session), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box),
                       pieces_entry(_("What is _seen there"), session->edit->reference_prompt,
                                    _("the same as below, if left empty"), G_CALLBACK(reference_prompt_changed),
                                    session),
                       FALSE, FALSE, 0);
    return box;
}

static void add(Panel *panel, GtkWidget *child) {
    if (child)
        gtk_box_pack_start(GTK_BOX(panel->box), child, FALSE, FALSE, 0);
}

static void listen(guint events, void *data) {
    Panel *panel = data;
    if (events & SESSION_BUSY)
        gtk_widget_set_sensitive(panel->box, !panel->session->is_busy);
}

GtkWidget *panel_new(Session *session) {
    const Mode *mode = session->edit->mode;
    Panel *panel = g_new0(Panel, 1);
    panel->session = session;
    panel->box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
    g_object_set(panel->box, "margin", 12, NULL);
    add(panel, heading(mode_name(mode)));
    add(panel, mode->contrast ? pieces_text(_(mode->contrast)) : NULL);
    add(panel, hint_new(session));
    add(panel, mode_takes(mode, ARGUMENT_REFERENCE) ? reference_box(session) : NULL);
    add(panel, pieces_entry(_("What the picture s_hows"), session->edit->prompt, _("for example: a photo of a dog"),
                            G_CALLBACK(prompt_changed), session));
    add(panel, placing_new(session));
    add(panel, switches_new(session));
    add(panel, animating_new(session));
    add(panel, models_new(session));
    add(panel, loras_new(session));
    add(panel, options_box_new(session));
    GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_widget_set_size_request(scrolled, 320, -1);
    // The canvas takes the room that is left, whatever a label inside would like.
    gtk_widget_set_hexpand(scrolled, FALSE);
    gtk_container_add(GTK_CONTAINER(scrolled), panel->box);
    pieces_own(scrolled, panel);
    session_listen(session, listen, panel);
    return scrolled;
}
