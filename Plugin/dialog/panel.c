#include "state.h"

#include <math.h>
#include <string.h>

// --- Pieces ----------------------------------------------------------------------------------------------------------

static GtkWidget *heading(const char *text) {
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_style_context_add_class(gtk_widget_get_style_context(label), "dragon-heading");
    return label;
}

GtkWidget *panel_captioned(const char *caption, GtkWidget *target, GtkWidget *content) {
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 3);
    GtkWidget *label = gtk_label_new_with_mnemonic(caption);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), target);
    gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), content, FALSE, FALSE, 0);
    return box;
}

static GtkWidget *captioned(const char *caption, GtkWidget *widget) {
    return panel_captioned(caption, widget, widget);
}

GtkWidget *panel_choice_new(void) {
    GtkWidget *combo = gtk_combo_box_text_new();
    GList *cells = gtk_cell_layout_get_cells(GTK_CELL_LAYOUT(combo));
    g_object_set(cells->data, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, NULL);
    g_list_free(cells);
    return combo;
}

static void take_text(GtkEntry *entry, char **field) {
    g_free(*field);
    *field = g_strdup(gtk_entry_get_text(entry));
}

static void prompt_changed(GtkEntry *entry, Dialog *dialog) {
    take_text(entry, &dialog->edit->prompt);
}

static void reference_prompt_changed(GtkEntry *entry, Dialog *dialog) {
    take_text(entry, &dialog->edit->reference_prompt);
}

static GtkWidget *entry_new(const char *text, const char *example, GCallback changed, Dialog *dialog) {
    GtkWidget *entry = gtk_entry_new();
    gtk_entry_set_text(GTK_ENTRY(entry), text);
    gtk_entry_set_placeholder_text(GTK_ENTRY(entry), example);
    gtk_entry_set_activates_default(GTK_ENTRY(entry), TRUE);
    g_signal_connect(entry, "changed", changed, dialog);
    return entry;
}

// --- Where the object goes -------------------------------------------------------------------------------------------

static void size_changed(GtkRange *range, Dialog *dialog) {
    if (dialog->fills)
        return;
    dialog->edit->resize = exp2(gtk_range_get_value(range));
    dialog_changed(dialog);
}

static char *size_text(GtkScale *scale, double value, Dialog *dialog) {
    (void)scale;
    (void)dialog;
    return g_strdup_printf("%.0f %%", exp2(value) * 100);
}

static void place_changed(GtkSpinButton *button, Dialog *dialog) {
    (void)button;
    if (dialog->fills)
        return;
    dialog->edit->displacement.x = gtk_spin_button_get_value(GTK_SPIN_BUTTON(dialog->across));
    dialog->edit->displacement.y = gtk_spin_button_get_value(GTK_SPIN_BUTTON(dialog->down));
    dialog_changed(dialog);
}

static GtkWidget *place_button(Dialog *dialog, const char *tooltip) {
    GtkWidget *button = gtk_spin_button_new_with_range(-100000, 100000, 1);
    gtk_entry_set_width_chars(GTK_ENTRY(button), 6);
    gtk_widget_set_tooltip_text(button, tooltip);
    g_signal_connect(button, "value-changed", G_CALLBACK(place_changed), dialog);
    return button;
}

static GtkWidget *place_box(Dialog *dialog) {
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    // Twice as large is as far from the middle as half as large.
    dialog->size = gtk_scale_new_with_range(GTK_ORIENTATION_HORIZONTAL, -2, 2, 0.05);
    gtk_scale_add_mark(GTK_SCALE(dialog->size), 0, GTK_POS_BOTTOM, NULL);
    g_signal_connect(dialog->size, "format-value", G_CALLBACK(size_text), dialog);
    g_signal_connect(dialog->size, "value-changed", G_CALLBACK(size_changed), dialog);
    gtk_box_pack_start(GTK_BOX(box), captioned(_("Si_ze of the object"), dialog->size), FALSE, FALSE, 0);
    dialog->across = place_button(dialog, _("Pixels to the right"));
    dialog->down = place_button(dialog, _("Pixels downwards"));
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_box_pack_start(GTK_BOX(row), captioned(_("To the ri_ght (px)"), dialog->across), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), captioned(_("_Down (px)"), dialog->down), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), row, FALSE, FALSE, 0);
    return box;
}

// --- The reference ---------------------------------------------------------------------------------------------------

static GtkWidget *reference_box(Dialog *dialog) {
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    gtk_box_pack_start(GTK_BOX(box), sources_new(dialog), FALSE, FALSE, 0);
    dialog->reference_prompt = entry_new(dialog->edit->reference_prompt, _("the same as below, if left empty"),
                                         G_CALLBACK(reference_prompt_changed), dialog);
    gtk_box_pack_start(GTK_BOX(box), captioned(_("What is _seen there"), dialog->reference_prompt), FALSE, FALSE, 0);
    return box;
}

// --- Arrows ----------------------------------------------------------------------------------------------------------

static void clear_arrows(GtkButton *button, Dialog *dialog) {
    (void)button;
    g_array_set_size(dialog->edit->arrows, 0);
    dialog->arrow = -1;
    dialog_changed(dialog);
}

static GtkWidget *arrows_box(Dialog *dialog) {
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    GtkWidget *clear = gtk_button_new_with_mnemonic(_("Remove all arro_ws"));
    g_signal_connect(clear, "clicked", G_CALLBACK(clear_arrows), dialog);
    gtk_box_pack_start(GTK_BOX(box), clear, TRUE, TRUE, 0);
    return box;
}

// --- The whole -------------------------------------------------------------------------------------------------------

static void add(GtkWidget *panel, GtkWidget *child) {
    gtk_box_pack_start(GTK_BOX(panel), child, FALSE, FALSE, 0);
}

GtkWidget *panel_new(Dialog *dialog) {
    dragon_mode mode = dialog->edit->mode;
    GtkWidget *panel = dialog->panel = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
    g_object_set(panel, "margin", 12, NULL);
    add(panel, heading(edit_mode_name(mode)));
    dialog->hint = gtk_label_new(NULL);
    gtk_label_set_xalign(GTK_LABEL(dialog->hint), 0);
    gtk_label_set_line_wrap(GTK_LABEL(dialog->hint), TRUE);
    gtk_label_set_max_width_chars(GTK_LABEL(dialog->hint), 34);
    gtk_widget_set_name(dialog->hint, "hint");
    add(panel, dialog->hint);
    if (mode_needs_reference(mode))
        add(panel, reference_box(dialog));
    dialog->prompt =
        entry_new(dialog->edit->prompt, _("for example: a photo of a dog"), G_CALLBACK(prompt_changed), dialog);
    add(panel, captioned(_("What the picture s_hows"), dialog->prompt));
    if (mode == DRAGON_MOVE || mode == DRAGON_RESIZE || mode == DRAGON_PASTE)
        add(panel, place_box(dialog));
    if (mode_uses_arrows(mode))
        add(panel, arrows_box(dialog));
    add(panel, models_new(dialog));
    add(panel, options_box_new(dialog));
    GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_widget_set_size_request(scrolled, 320, -1);
    // The canvas takes the room that is left, whatever a label inside would like.
    gtk_widget_set_hexpand(scrolled, FALSE);
    gtk_container_add(GTK_CONTAINER(scrolled), panel);
    return scrolled;
}

static const char *words_of(const Dialog *dialog, Missing missing) {
    if (dialog->shows_reference)
        return _("Draw around the object that is taken from this picture.");
    switch (missing) {
    case MISSING_OBJECT:
        return _("Draw around the object with the mouse. (A selection made beforehand counts as the object.)");
    case MISSING_DISPLACEMENT:
        return _("Drag the object to its new place.");
    case MISSING_FACTOR:
        return _("Drag a corner of the box, or use the slider, to make the object larger or smaller.");
    case MISSING_ARROWS:
        return _("Press on a point of the picture, drag to where its content should go, and let go. (The strokes of a "
                 "path drawn beforehand count as arrows.)");
    case MISSING_REFERENCE:
        return _("Open a picture to take from, with the button below. (Layers and images that were open before can be "
                 "chosen beside it.)");
    case MISSING_REFERENCE_OBJECT:
        return _("Show the other picture, by the button above the canvas, and draw around the object there.");
    default:
        break;
    }
    switch (dialog->edit->mode) {
    case DRAGON_DRAG:
    case DRAGON_LANDMARK:
        return _("Drag the ends of arrows to change them; the right button removes one.");
    case DRAGON_APPEARANCE:
        return _("The outlined object will take on the other one's looks.");
    default:
        return _(
            "Drag the object, or a corner of its box to size it. Arrow keys move it by one pixel, with Shift by ten.");
    }
}

void panel_refresh(Dialog *dialog) {
    const Edit *edit = dialog->edit;
    Missing missing = request_missing(edit, dialog->material);
    gboolean is_idle = !dialog->worker;
    gtk_label_set_text(GTK_LABEL(dialog->hint), words_of(dialog, missing));
    dialog->fills = TRUE;
    if (dialog->size) {
        gtk_range_set_value(GTK_RANGE(dialog->size), log2(CLAMP(edit->resize, 0.25, 4)));
        gtk_spin_button_set_value(GTK_SPIN_BUTTON(dialog->across), edit->displacement.x);
        gtk_spin_button_set_value(GTK_SPIN_BUTTON(dialog->down), edit->displacement.y);
    }
    dialog->fills = FALSE;
    gtk_widget_set_sensitive(dialog->panel, is_idle);
    gtk_widget_set_sensitive(dialog->reference_switch, dialog->reference.picture != NULL);
    gtk_widget_set_sensitive(dialog->run, is_idle && missing == MISSING_NOTHING);
    gtk_widget_set_sensitive(dialog->insert, is_idle && dialog->shown >= 0);
    // A new label would have the whole window laid out anew, at every motion of the pointer.
    const char *run = dialog->outcomes->len ? _("_Run again") : _("_Run");
    if (strcmp(gtk_button_get_label(GTK_BUTTON(dialog->run)), run) != 0)
        gtk_button_set_label(GTK_BUTTON(dialog->run), run);
    gtk_widget_set_visible(dialog->cancel, !is_idle);
    gtk_widget_set_visible(dialog->progress, !is_idle);
    gtk_widget_set_visible(dialog->run, is_idle);
}
