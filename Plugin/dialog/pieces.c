#include "pieces.h"

GtkWidget *pieces_captioned(const char *caption, GtkWidget *target, GtkWidget *content) {
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 3);
    GtkWidget *label = gtk_label_new_with_mnemonic(caption);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), target);
    gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), content, FALSE, FALSE, 0);
    return box;
}

GtkWidget *pieces_entry(const char *caption, const char *text, const char *example, GCallback changed, void *data) {
    GtkWidget *entry = gtk_entry_new();
    gtk_entry_set_text(GTK_ENTRY(entry), text);
    gtk_entry_set_placeholder_text(GTK_ENTRY(entry), example);
    gtk_entry_set_activates_default(GTK_ENTRY(entry), TRUE);
    g_signal_connect(entry, "changed", changed, data);
    return pieces_captioned(caption, entry, entry);
}

void pieces_take_text(GtkWidget *entry, char **field) {
    g_free(*field);
    *field = g_strdup(gtk_entry_get_text(GTK_ENTRY(entry)));
}

GtkWidget *pieces_text(const char *text) {
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_yalign(GTK_LABEL(label), 0);
    gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_width_chars(GTK_LABEL(label), 34);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 34);
    return label;
}

static gboolean pass(GtkWidget *widget, GdkEvent *event, gpointer data) {
    (void)event;
    (void)data;
    // Without the widget's own handler the event goes on to what it stands in.
    g_signal_stop_emission_by_name(widget, "scroll-event");
    return FALSE;
}

void pieces_pass_wheel(GtkWidget *widget) {
    g_signal_connect(widget, "scroll-event", G_CALLBACK(pass), NULL);
}

GtkWidget *pieces_choice(void) {
    GtkWidget *combo = gtk_combo_box_text_new();
    GList *cells = gtk_cell_layout_get_cells(GTK_CELL_LAYOUT(combo));
    g_object_set(cells->data, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, NULL);
    g_list_free(cells);
    pieces_pass_wheel(combo);
    return combo;
}

GtkWidget *pieces_button(const char *label, const char *tooltip, GCallback clicked, gpointer data) {
    GtkWidget *button = gtk_button_new_with_mnemonic(label);
    gtk_widget_set_tooltip_text(button, tooltip);
    if (clicked)
        g_signal_connect_swapped(button, "clicked", clicked, data);
    return button;
}

void pieces_own(GtkWidget *widget, gpointer part) {
    g_signal_connect_swapped(widget, "destroy", G_CALLBACK(g_free), part);
}
