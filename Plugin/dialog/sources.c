// Where an object or an appearance is taken from: what is open, or a file.
#include "state.h"

static const int PREVIEW_SIDE = 180;

static DialogSource *chosen_source(Dialog *dialog) {
    DialogInput *input = dialog->input;
    return input->source < input->sources->len ? &g_array_index(input->sources, DialogSource, input->source) : NULL;
}

void sources_take(Dialog *dialog) {
    const DialogSource *source = chosen_source(dialog);
    GError *error = NULL;
    preview_stop(dialog);
    g_clear_pointer(&dialog->material->reference, picture_free);
    g_clear_pointer(&dialog->reference_selection, mask_free);
    if (source)
        source->load(source->data, &dialog->material->reference, &dialog->reference_selection, &error);
    dialog_show_problem(dialog, error ? error->message : NULL);
    g_clear_error(&error);
    // The name may be cut short.
    gtk_widget_set_tooltip_text(dialog->source, source ? source->name : NULL);
    screen_set(&dialog->reference, dialog->material->reference, NULL);
    if (!dialog->reference.picture)
        sources_show(dialog, FALSE);
    objects_take(dialog);
    canvas_update_view(dialog);
}

void sources_show(Dialog *dialog, gboolean shows) {
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(dialog->reference_switch), shows);
}

static void source_changed(GtkComboBox *combo, Dialog *dialog) {
    int chosen = gtk_combo_box_get_active(combo);
    if (chosen < 0)
        return;
    dialog->input->source = (guint)chosen;
    g_array_set_size(dialog->edit->reference_outline, 0);
    sources_take(dialog);
}

static void append(Dialog *dialog, guint first) {
    for (guint i = first; i < dialog->input->sources->len; i++)
        gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(dialog->source),
                                       g_array_index(dialog->input->sources, DialogSource, i).name);
    gtk_widget_set_sensitive(dialog->source, dialog->input->sources->len > 0);
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

static void open_file(Dialog *dialog, const char *path) {
    guint first = dialog->input->sources->len;
    GError *error = NULL;
    if (dialog->input->open(dialog->input->data, path, &error)) {
        append(dialog, first);
        gtk_combo_box_set_active(GTK_COMBO_BOX(dialog->source), (int)first);
        // Where the file does not tell its object, drawing it comes next.
        sources_show(dialog, dialog->reference.picture && !dialog->reference.mask);
    } else
        dialog_show_problem(dialog, error->message);
    g_clear_error(&error);
}

static void open_clicked(GtkButton *button, Dialog *dialog) {
    (void)button;
    GtkWidget *chooser =
        files_chooser(dialog, GTK_FILE_CHOOSER_ACTION_OPEN, _("Open a Picture"), _("_Open"), dialog->input->folder);
    GtkWidget *image = gtk_image_new();
    g_object_set(image, "margin", 12, NULL);
    gtk_file_chooser_set_preview_widget(GTK_FILE_CHOOSER(chooser), image);
    gtk_file_chooser_set_use_preview_label(GTK_FILE_CHOOSER(chooser), FALSE);
    g_signal_connect(chooser, "update-preview", G_CALLBACK(preview_file), image);
    add_filters(GTK_FILE_CHOOSER(chooser));
    char *path = files_choose(chooser);
    if (path)
        open_file(dialog, path);
    g_free(path);
}

GtkWidget *sources_new(Dialog *dialog) {
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    dialog->source = panel_choice_new();
    append(dialog, 0);
    if (dialog->input->sources->len)
        gtk_combo_box_set_active(GTK_COMBO_BOX(dialog->source), (int)dialog->input->source);
    g_signal_connect(dialog->source, "changed", G_CALLBACK(source_changed), dialog);
    GtkWidget *button = gtk_button_new_with_mnemonic(_("Open pict_ure…"));
    gtk_widget_set_tooltip_text(button, _("Take from a picture file"));
    g_signal_connect(button, "clicked", G_CALLBACK(open_clicked), dialog);
    gtk_box_pack_start(GTK_BOX(row), dialog->source, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), button, FALSE, FALSE, 0);
    return panel_captioned(_("_Taken from"), dialog->source, row);
}
