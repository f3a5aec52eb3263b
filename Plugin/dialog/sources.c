#include "sources.h"

#include "files.h"
#include "objects.h"
#include "pieces.h"
#include "words.h"

static const int PREVIEW_SIDE = 180;

typedef struct SourcesBox {
    Session *session;
    GtkWidget *choice;
} SourcesBox;

static void choice_changed(GtkComboBox *combo, SourcesBox *box) {
    Session *session = box->session;
    int chosen = gtk_combo_box_get_active(combo);
    if (chosen < 0)
        return;
    session->sources.chosen = (guint)chosen;
    sketch_clear(session->edit->reference_sketch);
    objects_read_source(session);
}

static void append(SourcesBox *box, guint first) {
    Host *host = box->session->host;
    const GPtrArray *layers = box->session->sources.layers;
    for (guint i = first; i < layers->len; i++)
        gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(box->choice),
                                       host->layer_name(host, g_ptr_array_index(layers, i)));
    gtk_widget_set_sensitive(box->choice, layers->len > 0);
}

static void listen(guint events, void *data) {
    SourcesBox *box = data;
    Host *host = box->session->host;
    HostLayer *source = session_source(box->session);
    // The name may be cut short.
    if (events & SESSION_REFERENCE)
        gtk_widget_set_tooltip_text(box->choice, source ? host->layer_name(host, source) : NULL);
}

// --- From a file -----------------------------------------------------------------------------------------------------

static void preview_file(GtkFileChooser *chooser, GtkImage *image) {
    char *path = gtk_file_chooser_get_preview_filename(chooser);
    gboolean is_file = path && g_file_test(path, G_FILE_TEST_IS_REGULAR);
    GdkPixbuf *small = is_file ? gdk_pixbuf_new_from_file_at_scale(path, PREVIEW_SIDE, PREVIEW_SIDE, TRUE, NULL) : NULL;
    GdkPixbuf *upright = small ? gdk_pixbuf_apply_embedded_orientation(small) : NULL;
    gtk_image_set_from_pixbuf(image, upright);
    gtk_file_chooser_set_preview_widget_active(chooser, upright != NULL);
    g_clear_object(&upright);
    g_clear_object(&small);
    g_free(path);
}

static void add_filters(GtkFileChooser *chooser) {
    GtkFileFilter *pictures = gtk_file_filter_new(), *all = gtk_file_filter_new();
    gtk_file_filter_set_name(pictures, _("Pictures"));
    gtk_file_filter_add_mime_type(pictures, "image/*");
    gtk_file_filter_set_name(all, _("All files"));
    gtk_file_filter_add_pattern(all, "*");
    gtk_file_chooser_add_filter(chooser, pictures);
    gtk_file_chooser_add_filter(chooser, all);
}

static void open_file(SourcesBox *box, const char *path) {
    Session *session = box->session;
    guint first = session->sources.layers->len;
    GError *error = NULL;
    if (session->host->open_file(session->host, path, session->sources.layers, &error)) {
        append(box, first);
        gtk_combo_box_set_active(GTK_COMBO_BOX(box->choice), (int)first);
        // Where the file does not tell its object, drawing it comes next.
        session_show_reference(session, !session->reference.mask);
    } else
        session_set_problem(session, error->message);
    g_clear_error(&error);
}

static void open_clicked(SourcesBox *box) {
    GtkWidget *chooser = files_chooser(box->choice, GTK_FILE_CHOOSER_ACTION_OPEN, _("Open a Picture"), _("_Open"),
                                       box->session->host->folder);
    GtkWidget *image = gtk_image_new();
    g_object_set(image, "margin", 12, NULL);
    gtk_file_chooser_set_preview_widget(GTK_FILE_CHOOSER(chooser), image);
    gtk_file_chooser_set_use_preview_label(GTK_FILE_CHOOSER(chooser), FALSE);
    g_signal_connect(chooser, "update-preview", G_CALLBACK(preview_file), image);
    add_filters(GTK_FILE_CHOOSER(chooser));
    char *path = files_choose(chooser);
    if (path)
        open_file(box, path);
    g_free(path);
}

GtkWidget *sources_new(Session *session) {
    SourcesBox *box = g_new0(SourcesBox, 1);
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    box->session = session;
    box->choice = pieces_choice();
    append(box, 0);
    if (session->sources.layers->len)
        gtk_combo_box_set_active(GTK_COMBO_BOX(box->choice), (int)session->sources.chosen);
    g_signal_connect(box->choice, "changed", G_CALLBACK(choice_changed), box);
    GtkWidget *button =
        pieces_button(_("Open pict_ure…"), _("Take from a picture file"), G_CALLBACK(open_clicked), box);
    gtk_box_pack_start(GTK_BOX(row), box->choice, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), button, FALSE, FALSE, 0);
    pieces_own(row, box);
    session_listen(session, listen, box);
    return pieces_captioned(_("_Taken from"), box->choice, row);
}
