#include "waiting.h"

#include "words.h"

// What is found sooner needs no words.
static const guint DELAY_MILLISECONDS = 300;

typedef struct Waiting {
    Session *session;
    GtkWidget *label;
    guint timer;
} Waiting;

static gboolean show(gpointer data) {
    Waiting *waiting = data;
    waiting->timer = 0;
    gtk_widget_show(waiting->label);
    return G_SOURCE_REMOVE;
}

static void hide(Waiting *waiting) {
    if (waiting->timer)
        g_source_remove(waiting->timer);
    waiting->timer = 0;
    gtk_widget_hide(waiting->label);
}

static void listen(guint events, void *data) {
    Waiting *waiting = data;
    if (!(events & SESSION_OBJECTS))
        return;
    if (!session_finds(waiting->session))
        hide(waiting);
    else if (!waiting->timer && !gtk_widget_get_visible(waiting->label))
        waiting->timer = g_timeout_add(DELAY_MILLISECONDS, show, waiting);
}

static void destroyed(GtkWidget *overlay, Waiting *waiting) {
    (void)overlay;
    if (waiting->timer)
        g_source_remove(waiting->timer);
    g_free(waiting);
}

GtkWidget *waiting_over(Session *session, GtkWidget *canvas) {
    Waiting *waiting = g_new0(Waiting, 1);
    GtkWidget *overlay = gtk_overlay_new();
    waiting->session = session;
    waiting->label = gtk_label_new(_("Finding the object…"));
    gtk_widget_set_halign(waiting->label, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(waiting->label, GTK_ALIGN_START);
    gtk_widget_set_no_show_all(waiting->label, TRUE);
    gtk_style_context_add_class(gtk_widget_get_style_context(waiting->label), "dragon-waiting");
    gtk_container_add(GTK_CONTAINER(overlay), canvas);
    gtk_overlay_add_overlay(GTK_OVERLAY(overlay), waiting->label);
    gtk_overlay_set_overlay_pass_through(GTK_OVERLAY(overlay), waiting->label, TRUE);
    g_signal_connect(overlay, "destroy", G_CALLBACK(destroyed), waiting);
    session_listen(session, listen, waiting);
    return overlay;
}
