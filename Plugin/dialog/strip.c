#include "strip.h"

#include "pieces.h"
#include "words.h"

static const int THUMBNAIL = 84;

typedef struct Strip {
    Session *session;
    GtkWidget *scrolled;
    /// A toggle button for each result.
    GtkWidget *box;
    /// Whether the program sets the buttons.
    gboolean is_following;
    /// Whether the end is to be brought into view once it has its place.
    gboolean shows_end;
} Strip;

static GList *buttons_of(const Strip *strip) {
    return gtk_container_get_children(GTK_CONTAINER(strip->box));
}

static void follow(Strip *strip) {
    const Session *session = strip->session;
    int index = 0;
    GList *buttons = buttons_of(strip);
    strip->is_following = TRUE;
    for (GList *item = buttons; item; item = item->next, index++) {
        gtk_toggle_button_set_active(item->data, index == session->results.shown);
        gtk_widget_set_sensitive(item->data, !session->is_busy);
    }
    strip->is_following = FALSE;
    g_list_free(buttons);
    gtk_widget_set_visible(strip->scrolled, session->results.list->len > 0);
}

static void toggled(GtkToggleButton *button, Strip *strip) {
    if (strip->is_following)
        return;
    GList *buttons = buttons_of(strip);
    int index = g_list_index(buttons, button);
    g_list_free(buttons);
    session_show_reference(strip->session, FALSE);
    session_show_result(strip->session, index);
    follow(strip);
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

static void add(Strip *strip, guint index) {
    const Outcome *outcome = g_ptr_array_index(strip->session->results.list, index);
    GtkWidget *button = gtk_toggle_button_new(), *image = gtk_image_new();
    cairo_surface_t *small = thumbnail_of(outcome->surface, gtk_widget_get_scale_factor(strip->box));
    gtk_image_set_from_surface(GTK_IMAGE(image), small);
    cairo_surface_destroy(small);
    gtk_container_add(GTK_CONTAINER(button), image);
    char *text = g_strdup_printf(_("Result %u"), index + 1);
    gtk_widget_set_tooltip_text(button, text);
    atk_object_set_name(gtk_widget_get_accessible(button), text);
    g_free(text);
    g_signal_connect(button, "toggled", G_CALLBACK(toggled), strip);
    gtk_box_pack_start(GTK_BOX(strip->box), button, FALSE, FALSE, 0);
    gtk_widget_show_all(button);
    strip->shows_end = TRUE;
}

static void has_place(GtkAdjustment *adjustment, Strip *strip) {
    if (strip->shows_end)
        gtk_adjustment_set_value(adjustment, gtk_adjustment_get_upper(adjustment));
    strip->shows_end = FALSE;
}

static void listen(guint events, void *data) {
    Strip *strip = data;
    if (events & SESSION_RESULT)
        add(strip, strip->session->results.list->len - 1);
    if (events & (SESSION_RESULT | SESSION_SIGHT | SESSION_BUSY))
        follow(strip);
}

GtkWidget *strip_new(Session *session) {
    Strip *strip = g_new0(Strip, 1);
    GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
    strip->session = session;
    strip->scrolled = scrolled;
    strip->box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
    gtk_style_context_add_class(gtk_widget_get_style_context(strip->box), "dragon-strip");
    gtk_container_add(GTK_CONTAINER(scrolled), strip->box);
    gtk_widget_show(strip->box);
    gtk_widget_set_no_show_all(scrolled, TRUE);
    g_signal_connect(gtk_scrolled_window_get_hadjustment(GTK_SCROLLED_WINDOW(scrolled)), "changed",
                     G_CALLBACK(has_place), strip);
    pieces_own(scrolled, strip);
    session_listen(session, listen, strip);
    return scrolled;
}
