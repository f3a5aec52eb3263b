#include "state.h"

static const int THUMBNAIL = 84;

static void choose(GtkToggleButton *button, Dialog *dialog) {
    if (dialog->fills || dialog->worker) {
        strip_refresh(dialog);
        return;
    }
    dialog->shown = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(button), "index"));
    sources_show(dialog, FALSE);
    strip_refresh(dialog);
    panel_refresh(dialog);
    gtk_widget_queue_draw(dialog->canvas);
}

static cairo_surface_t *thumbnail_of(cairo_surface_t *picture, int factor) {
    double width = cairo_image_surface_get_width(picture), height = cairo_image_surface_get_height(picture);
    double scale = THUMBNAIL * factor / MAX(width, height);
    cairo_surface_t *small =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, MAX(1, (int)(width * scale)), MAX(1, (int)(height * scale)));
    cairo_t *cairo = cairo_create(small);
    cairo_scale(cairo, scale, scale);
    cairo_set_source_surface(cairo, picture, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BEST);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    cairo_surface_set_device_scale(small, factor, factor);
    return small;
}

void strip_add(Dialog *dialog) {
    int index = (int)dialog->outcomes->len - 1;
    Outcome *outcome = g_ptr_array_index(dialog->outcomes, index);
    GtkWidget *button = gtk_toggle_button_new(), *image = gtk_image_new();
    if (outcome->surface) {
        cairo_surface_t *small = thumbnail_of(outcome->surface, gtk_widget_get_scale_factor(dialog->window));
        gtk_image_set_from_surface(GTK_IMAGE(image), small);
        cairo_surface_destroy(small);
    }
    gtk_container_add(GTK_CONTAINER(button), image);
    char *text = g_strdup_printf(_("Result %d"), index + 1);
    gtk_widget_set_tooltip_text(button, text);
    atk_object_set_name(gtk_widget_get_accessible(button), text);
    g_free(text);
    g_object_set_data(G_OBJECT(button), "index", GINT_TO_POINTER(index));
    g_signal_connect(button, "toggled", G_CALLBACK(choose), dialog);
    gtk_box_pack_start(GTK_BOX(dialog->strip), button, FALSE, FALSE, 0);
    dialog->shown = index;
    strip_refresh(dialog);
}

void strip_refresh(Dialog *dialog) {
    gboolean was_filling = dialog->fills;
    dialog->fills = TRUE;
    GList *buttons = gtk_container_get_children(GTK_CONTAINER(dialog->strip));
    for (GList *item = buttons; item; item = item->next) {
        int index = GPOINTER_TO_INT(g_object_get_data(item->data, "index"));
        g_signal_handlers_block_by_func(item->data, choose, dialog);
        gtk_toggle_button_set_active(item->data, index == dialog->shown);
        g_signal_handlers_unblock_by_func(item->data, choose, dialog);
        gtk_widget_set_sensitive(item->data, dialog->worker == NULL);
    }
    g_list_free(buttons);
    dialog->fills = was_filling;
    gtk_widget_set_visible(gtk_widget_get_ancestor(dialog->strip, GTK_TYPE_SCROLLED_WINDOW), dialog->outcomes->len > 0);
    if (dialog->outcomes->len)
        gtk_widget_show_all(dialog->strip);
}
