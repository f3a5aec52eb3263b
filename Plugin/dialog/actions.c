#include "actions.h"

#include <string.h>
#include "pieces.h"
#include "words.h"

typedef struct Actions {
    Session *session;
    GtkWidget *progress, *cancel, *run, *insert;
} Actions;

static void cancel_clicked(Actions *actions) {
    session_tell(actions->session, SESSION_WISH_CANCEL);
}

static void close_clicked(Actions *actions) {
    session_tell(actions->session, SESSION_WISH_CLOSE);
}

static void run_clicked(Actions *actions) {
    session_tell(actions->session, SESSION_WISH_RUN);
}

static void insert_clicked(Actions *actions) {
    session_tell(actions->session, SESSION_WISH_INSERT);
}

// The one thing to do next stands out.
static void suggest(GtkWidget *button, gboolean is_next) {
    GtkStyleContext *style = gtk_widget_get_style_context(button);
    if (is_next)
        gtk_style_context_add_class(style, "suggested-action");
    else
        gtk_style_context_remove_class(style, "suggested-action");
}

static void show_run(const Actions *actions) {
    const Session *session = actions->session;
    Missing missing = session_missing(session);
    gboolean repeats = session_repeats(session);
    const char *tooltip = session->lacks_model         ? _("There is no model to run")
                          : session_finds(session)     ? _("The object is being found")
                          : session_waits(session)     ? _("Its shadow is being found")
                          : missing != MISSING_NOTHING ? missing_hint(missing)
                          : repeats ? _("Nothing was made anew in this result: another seed gives the same picture")
                                    : _("Compute the edit");
    const char *label = session->results.list->len ? _("_Run again") : _("_Run");
    // A new label would have the whole window laid out anew, at every motion of the pointer.
    if (strcmp(gtk_button_get_label(GTK_BUTTON(actions->run)), label) != 0)
        gtk_button_set_label(GTK_BUTTON(actions->run), label);
    gtk_widget_set_tooltip_text(actions->run, tooltip);
    gtk_widget_set_sensitive(actions->run, !session->is_busy && !session_waits(session) && !session->lacks_model &&
                                               missing == MISSING_NOTHING && !repeats);
}

static void listen(guint events, void *data) {
    Actions *actions = data;
    const Session *session = actions->session;
    if (events & SESSION_PROGRESS) {
        gtk_progress_bar_set_text(GTK_PROGRESS_BAR(actions->progress), session->progress_words);
        gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(actions->progress), session->progress_fraction);
        return;
    }
    if (!(events & (SESSION_EDIT | SESSION_OBJECTS | SESSION_SIGHT | SESSION_RESULT | SESSION_BUSY | SESSION_MODEL)))
        return;
    gboolean inserts = !session->is_busy && results_shown(&session->results);
    show_run(actions);
    suggest(actions->run, !inserts);
    suggest(actions->insert, inserts);
    gtk_widget_set_sensitive(actions->insert, inserts);
    gtk_widget_set_sensitive(actions->cancel, session->is_busy);
    gtk_widget_set_visible(actions->progress, session->is_busy);
    if (events & SESSION_BUSY && session->is_busy)
        gtk_widget_grab_focus(actions->cancel);
}

// As wide as its longest label, so that a new one moves no button.
static GtkWidget *run_new(Actions *actions) {
    GtkWidget *button = pieces_button(_("_Run again"), NULL, G_CALLBACK(run_clicked), actions);
    int width = 0;
    gtk_widget_show_all(button);
    gtk_widget_get_preferred_width(button, NULL, &width);
    gtk_widget_set_size_request(button, width, -1);
    gtk_button_set_label(GTK_BUTTON(button), _("_Run"));
    gtk_widget_set_can_default(button, TRUE);
    return button;
}

GtkWidget *actions_new(Session *session, GtkWidget **run) {
    Actions *actions = g_new0(Actions, 1);
    GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    actions->session = session;
    g_object_set(bar, "margin", 12, NULL);
    actions->progress = gtk_progress_bar_new();
    gtk_progress_bar_set_show_text(GTK_PROGRESS_BAR(actions->progress), TRUE);
    gtk_progress_bar_set_ellipsize(GTK_PROGRESS_BAR(actions->progress), PANGO_ELLIPSIZE_END);
    gtk_widget_set_valign(actions->progress, GTK_ALIGN_CENTER);
    gtk_widget_set_no_show_all(actions->progress, TRUE);
    actions->cancel = pieces_button(_("_Cancel"), _("Stop the edit"), G_CALLBACK(cancel_clicked), actions);
    actions->insert =
        pieces_button(_("_Insert"), _("Put the shown result above the layer"), G_CALLBACK(insert_clicked), actions);
    GtkWidget *leave = pieces_button(_("C_lose"), _("Leave the picture as it is"), G_CALLBACK(close_clicked), actions);
    *run = actions->run = run_new(actions);
    gtk_box_pack_start(GTK_BOX(bar), actions->progress, TRUE, TRUE, 0);
    gtk_box_pack_end(GTK_BOX(bar), actions->insert, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(bar), actions->run, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(bar), leave, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(bar), actions->cancel, FALSE, FALSE, 0);
    pieces_own(bar, actions);
    session_listen(session, listen, actions);
    return bar;
}
