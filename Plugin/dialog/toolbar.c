#include "toolbar.h"

#include "objects.h"
#include "pieces.h"
#include "sketching.h"
#include "steps.h"
#include "words.h"

typedef struct Toolbar {
    Session *session;
    /// NULL where the mode, or the program, has no such button.
    GtkWidget *outline;
    GtkWidget *as_drawn;
    GtkWidget *select;
    GtkWidget *reference;
    GtkWidget *undo, *redo;
    /// Whether the program sets the buttons.
    gboolean is_following;
} Toolbar;

static void outline_toggled(GtkToggleButton *button, Toolbar *bar) {
    if (!bar->is_following)
        session_set_tool(bar->session, gtk_toggle_button_get_active(button) ? TOOL_OUTLINE : TOOL_PLACE);
}

static void as_drawn_toggled(GtkToggleButton *button, Toolbar *bar) {
    if (!bar->is_following)
        sketching_set_as_drawn(bar->session, gtk_toggle_button_get_active(button));
}

static void select_clicked(Toolbar *bar) {
    objects_select(bar->session);
}

static void reference_toggled(GtkToggleButton *button, Toolbar *bar) {
    if (!bar->is_following)
        session_show_reference(bar->session, gtk_toggle_button_get_active(button));
}

static void undo_clicked(Toolbar *bar) {
    steps_undo(bar->session);
}

static void redo_clicked(Toolbar *bar) {
    steps_redo(bar->session);
}

static void original_pressed(Toolbar *bar) {
    session_show_original(bar->session, TRUE);
}

static void original_released(Toolbar *bar) {
    session_show_original(bar->session, FALSE);
}

static void fit_clicked(Toolbar *bar) {
    session_tell(bar->session, SESSION_WISH_FIT);
}

// What a sketch means can be selected, once it is known.
static gboolean can_select(const Session *session) {
    const Mask *mask = session->material->mask;
    return edit_sketches(session->edit, session->edit->sketch) && mask && mask_has_set(mask) && !session->is_finding;
}

static void listen(guint events, void *data) {
    Toolbar *bar = data;
    const Session *session = bar->session;
    if (!(events & (SESSION_EDIT | SESSION_SIGHT | SESSION_REFERENCE | SESSION_OBJECTS | SESSION_BUSY)))
        return;
    bar->is_following = TRUE;
    gtk_widget_set_sensitive(bar->undo, steps_can_undo(session));
    gtk_widget_set_sensitive(bar->redo, steps_can_redo(session));
    if (bar->as_drawn) {
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(bar->as_drawn), session->edit->as_drawn);
        gtk_widget_set_sensitive(bar->as_drawn, sketching_has_choice(session) && !session->is_busy);
    }
    if (bar->select)
        gtk_widget_set_sensitive(bar->select, can_select(session) && !session->is_busy);
    if (bar->outline)
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(bar->outline), session->sight.tool == TOOL_OUTLINE);
    if (bar->reference) {
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(bar->reference), session->sight.shows_reference);
        gtk_widget_set_sensitive(bar->reference, session->reference.picture != NULL);
    }
    bar->is_following = FALSE;
}

static GtkWidget *toggle_new(const char *label, const char *tooltip, GCallback toggled, Toolbar *bar) {
    GtkWidget *button = gtk_toggle_button_new_with_mnemonic(label);
    gtk_widget_set_tooltip_text(button, tooltip);
    g_signal_connect(button, "toggled", toggled, bar);
    return button;
}

// In a narrow window words are cut short, so that they are still known; the tooltip says the rest.
static void let_shrink(GtkLabel *label) {
    const glong least = 8;
    gtk_label_set_ellipsize(label, PANGO_ELLIPSIZE_END);
    gtk_label_set_width_chars(label, (int)MIN(least, g_utf8_strlen(gtk_label_get_text(label), -1)));
}

static void add(GtkWidget *box, GtkWidget *button, GtkPackType at) {
    GtkWidget *child = gtk_bin_get_child(GTK_BIN(button));
    if (GTK_IS_LABEL(child))
        let_shrink(GTK_LABEL(child));
    // The canvas keeps the focus, for its keys.
    gtk_widget_set_focus_on_click(button, FALSE);
    gtk_container_add_with_properties(GTK_CONTAINER(box), button, "pack-type", at, NULL);
}

static GtkWidget *icon_button_new(const char *icon, const char *name, const char *tooltip, GCallback clicked,
                                  Toolbar *bar) {
    GtkWidget *button = gtk_button_new_from_icon_name(icon, GTK_ICON_SIZE_BUTTON);
    gtk_widget_set_tooltip_text(button, tooltip);
    atk_object_set_name(gtk_widget_get_accessible(button), name);
    g_signal_connect_swapped(button, "clicked", clicked, bar);
    return button;
}

// What was drawn and placed, back and forth: two buttons as one.
static GtkWidget *steps_box_new(Toolbar *bar) {
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    gtk_style_context_add_class(gtk_widget_get_style_context(box), GTK_STYLE_CLASS_LINKED);
    bar->undo = icon_button_new("edit-undo-symbolic", _("Undo"), _("Take back what was drawn or placed last (Ctrl+Z)"),
                                G_CALLBACK(undo_clicked), bar);
    bar->redo = icon_button_new("edit-redo-symbolic", _("Redo"), _("Do again what was taken back (Shift+Ctrl+Z)"),
                                G_CALLBACK(redo_clicked), bar);
    add(box, bar->undo, GTK_PACK_START);
    add(box, bar->redo, GTK_PACK_START);
    return box;
}

GtkWidget *toolbar_new(Session *session) {
    const Mode *mode = session->edit->mode;
    Toolbar *bar = g_new0(Toolbar, 1);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    bar->session = session;
    if (mode->outline_label) {
        bar->outline = toggle_new(_(mode->outline_label), _(mode->outline_tooltip), G_CALLBACK(outline_toggled), bar);
        add(box, bar->outline, GTK_PACK_START);
    }
    if (mode->mask == MASK_REGION)
        bar->as_drawn = toggle_new(_("Bend ever_ything"),
                                   _("Bend all that is in the region, not only the object that the arrows hold"),
                                   G_CALLBACK(as_drawn_toggled), bar);
    else if (mode->mask == MASK_OBJECT || mode_takes(mode, ARGUMENT_REFERENCE))
        bar->as_drawn =
            toggle_new(_("As dra_wn"), _("Take the outline exactly as it was drawn, not the object found in it"),
                       G_CALLBACK(as_drawn_toggled), bar);
    if (bar->as_drawn)
        add(box, bar->as_drawn, GTK_PACK_START);
    if (mode->mask == MASK_OBJECT && session->host->select) {
        bar->select = pieces_button(_("Ma_ke selection"), _("Select the object in the program, to go on with it there"),
                                    G_CALLBACK(select_clicked), bar);
        add(box, bar->select, GTK_PACK_START);
    }
    if (mode_takes(mode, ARGUMENT_REFERENCE)) {
        bar->reference =
            toggle_new(_("Other _picture"), _("Show the other picture, to draw around its object or click on it"),
                       G_CALLBACK(reference_toggled), bar);
        add(box, bar->reference, GTK_PACK_START);
    }
    GtkWidget *original = pieces_button(_("_Before"), _("Hold to see the picture as it was"), NULL, NULL);
    g_signal_connect_swapped(original, "pressed", G_CALLBACK(original_pressed), bar);
    g_signal_connect_swapped(original, "released", G_CALLBACK(original_released), bar);
    GtkWidget *fit =
        pieces_button(_("_Fit"), _("Show the whole picture. The wheel with Ctrl zooms."), G_CALLBACK(fit_clicked), bar);
    add(box, fit, GTK_PACK_END);
    add(box, original, GTK_PACK_END);
    gtk_box_pack_end(GTK_BOX(box), steps_box_new(bar), FALSE, FALSE, 0);
    pieces_own(box, bar);
    session_listen(session, listen, bar);
    return box;
}
