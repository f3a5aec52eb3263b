#include "options_box.h"

#include <math.h>
#include "pieces.h"
#include "words.h"

// More is for scripts.
static const double MOST_STRENGTH_BY_HAND = 3;

typedef struct OptionsBox {
    Session *session;
    GtkWidget *widgets[OPTION_COUNT];
    /// What stands beside or around a widget, and comes and goes with it; NULL where the widget stands alone.
    GtkWidget *captions[OPTION_COUNT];
    /// Tells what comes of leaving all to the network.
    GtkWidget *warning;
    /// Whether the program sets the widgets.
    gboolean is_following;
} OptionsBox;

static double value_of(const OptionsBox *box, OptionName name) {
    double value = box->session->edit->options.at[name];
    return isnan(value) ? option_of_parameters(name, &box->session->usual) : value;
}

// --- From the user ---------------------------------------------------------------------------------------------------

static void set(OptionsBox *box, gpointer widget, double value) {
    OptionName name = (OptionName)GPOINTER_TO_INT(g_object_get_data(widget, "option"));
    if (!box->is_following && options_set_value(&box->session->edit->options, name, value, NULL))
        session_edit_changed(box->session);
}

static void number_changed(GtkSpinButton *button, OptionsBox *box) {
    set(box, button, gtk_spin_button_get_value(button));
}

static void range_changed(GtkRange *range, OptionsBox *box) {
    set(box, range, gtk_range_get_value(range));
}

static void choice_changed(GtkComboBox *combo, OptionsBox *box) {
    set(box, combo, gtk_combo_box_get_active(combo));
}

static void switch_changed(GtkToggleButton *button, OptionsBox *box) {
    set(box, button, gtk_toggle_button_get_active(button));
}

static void reset(OptionsBox *box) {
    options_clear(&box->session->edit->options);
    session_edit_changed(box->session);
}

// --- To the user -----------------------------------------------------------------------------------------------------

static void show(GtkWidget *widget, double value) {
    if (GTK_IS_COMBO_BOX(widget))
        gtk_combo_box_set_active(GTK_COMBO_BOX(widget), (int)value);
    else if (GTK_IS_TOGGLE_BUTTON(widget))
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(widget), value != 0);
    else if (GTK_IS_RANGE(widget))
        gtk_range_set_value(GTK_RANGE(widget), value);
    else
        gtk_spin_button_set_value(GTK_SPIN_BUTTON(widget), value);
}

// A preset with the time that it takes.
static char *preset_text(const char *name, double seconds) {
    if (seconds <= 0)
        return g_strdup_printf(_("%s — not with this model"), name);
    return seconds < 90 ? g_strdup_printf(_("%s — about %.0f s"), name, ceil(seconds))
                        : g_strdup_printf(_("%s — about %.0f min"), name, ceil(seconds / 60));
}

static void show_times(OptionsBox *box) {
    const dragon_model_info *info = &box->session->info;
    const double seconds[] = {info->exact_seconds, info->fast_seconds, info->instant_seconds};
    GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT(box->widgets[OPTION_PRESET]);
    gtk_combo_box_text_remove_all(combo);
    for (guint i = 0; i < G_N_ELEMENTS(seconds); i++) {
        const char *name = _(OPTIONS[OPTION_PRESET].names[i]);
        // Nothing is known of a model that cannot be opened.
        char *text = info->size ? preset_text(name, seconds[i]) : g_strdup(name);
        gtk_combo_box_text_append_text(combo, text);
        g_free(text);
    }
}

// Only what changes the picture is there. Where its own pixels were moved, filled and warped, the network has the
// contacts alone, which none of its numbers changes visibly; it makes all of a new look, and of what is left to it.
static void show_use(OptionsBox *box) {
    static const OptionName steering[] = {OPTION_STRENGTH,       OPTION_GUIDANCE,       OPTION_ALGORITHM,
                                          OPTION_EDIT_WEIGHT,    OPTION_CONTENT_WEIGHT, OPTION_CONTRAST_WEIGHT,
                                          OPTION_INPAINT_WEIGHT, OPTION_SDE_STRENGTH};
    gboolean inverts = value_of(box, OPTION_PRESET) != DRAGON_PRESET_INSTANT;
    gboolean makes_all = box->session->edit->mode->mode == DRAGON_APPEARANCE || value_of(box, OPTION_PLATE) == 0;
    for (guint i = 0; i < G_N_ELEMENTS(steering); i++) {
        // A model whose own scale is 1 was not taught to follow words more closely.
        gboolean is_taught = steering[i] != OPTION_GUIDANCE || box->session->usual.guidance_scale != 1;
        gtk_widget_set_visible(box->widgets[steering[i]], makes_all && is_taught);
        gtk_widget_set_visible(box->captions[steering[i]], makes_all && is_taught);
        gtk_widget_set_sensitive(box->widgets[steering[i]], inverts);
    }
    gtk_widget_set_sensitive(box->widgets[OPTION_STEPS], inverts);
    gtk_widget_set_sensitive(box->widgets[OPTION_FILL], value_of(box, OPTION_PLATE) != 0);
    gtk_widget_set_sensitive(box->widgets[OPTION_NETWORK], !makes_all);
    // The other algorithm adds no such noise.
    gtk_widget_set_sensitive(box->widgets[OPTION_SDE_STRENGTH],
                             inverts && value_of(box, OPTION_ALGORITHM) == DRAGON_ALGORITHM_DIFFEDITOR);
}

static void listen(guint events, void *data) {
    OptionsBox *box = data;
    if (!(events & (SESSION_EDIT | SESSION_MODEL)))
        return;
    box->is_following = TRUE;
    if (events & SESSION_MODEL)
        show_times(box);
    for (int i = 0; i < OPTION_COUNT; i++)
        show(box->widgets[i], value_of(box, i));
    box->is_following = FALSE;
    show_use(box);
    gtk_widget_set_visible(box->warning, box->session->edit->mode->without_plate && value_of(box, OPTION_PLATE) == 0);
}

// --- Widgets ---------------------------------------------------------------------------------------------------------

static GtkWidget *choice_new(const Option *option, OptionsBox *box) {
    GtkWidget *widget = pieces_choice();
    for (int i = 0; i < OPTION_MOST_WORDS && option->names[i]; i++)
        gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(widget), _(option->names[i]));
    g_signal_connect(widget, "changed", G_CALLBACK(choice_changed), box);
    return widget;
}

static GtkWidget *strength_new(OptionsBox *box) {
    GtkWidget *widget =
        gtk_scale_new_with_range(GTK_ORIENTATION_HORIZONTAL, 0, MOST_STRENGTH_BY_HAND, OPTIONS[OPTION_STRENGTH].step);
    gtk_scale_add_mark(GTK_SCALE(widget), 1, GTK_POS_BOTTOM, NULL);
    g_signal_connect(widget, "value-changed", G_CALLBACK(range_changed), box);
    return widget;
}

static GtkWidget *number_new(const Option *option, OptionsBox *box) {
    GtkWidget *widget = gtk_spin_button_new_with_range(option->lowest, option->highest, option->step);
    gtk_spin_button_set_digits(GTK_SPIN_BUTTON(widget), (guint)option->digits);
    gtk_entry_set_width_chars(GTK_ENTRY(widget), 7);
    gtk_spin_button_set_snap_to_ticks(GTK_SPIN_BUTTON(widget), option->kind == OPTION_WHOLE && option->step > 1);
    g_signal_connect(widget, "value-changed", G_CALLBACK(number_changed), box);
    return widget;
}

// A seed that is not set is drawn at every run, which a number would hide.
static gboolean show_seed(GtkSpinButton *button, OptionsBox *box) {
    if (!isnan(box->session->edit->options.at[OPTION_SEED]))
        return FALSE;
    gtk_entry_set_text(GTK_ENTRY(button), _("random"));
    return TRUE;
}

static gint read_seed(GtkSpinButton *button, double *value, OptionsBox *box) {
    (void)box;
    *value = 0;
    return g_strcmp0(gtk_entry_get_text(GTK_ENTRY(button)), _("random")) == 0;
}

static GtkWidget *seed_new(const Option *option, OptionsBox *box) {
    GtkWidget *widget = number_new(option, box);
    gtk_spin_button_set_numeric(GTK_SPIN_BUTTON(widget), FALSE);
    g_signal_connect(widget, "output", G_CALLBACK(show_seed), box);
    g_signal_connect(widget, "input", G_CALLBACK(read_seed), box);
    return widget;
}

// How far the change reaches is seen while it is worked on.
static gboolean tunes(GtkWidget *widget, GdkEventFocus *event, OptionsBox *box) {
    (void)widget;
    session_tune_touched(box->session, event->in);
    return FALSE;
}

static void show_tuning(GtkWidget *widget, OptionsBox *box) {
    g_signal_connect(widget, "focus-in-event", G_CALLBACK(tunes), box);
    g_signal_connect(widget, "focus-out-event", G_CALLBACK(tunes), box);
}

static void touched_toggled(GtkToggleButton *button, OptionsBox *box) {
    session_show_touched(box->session, gtk_toggle_button_get_active(button));
}

static GtkWidget *touched_new(OptionsBox *box) {
    GtkWidget *widget = gtk_check_button_new_with_mnemonic(_("Show the e_xtent of the change"));
    gtk_widget_set_tooltip_text(widget,
                                _("What stays as it is lies in the dark: how far the change reaches is seen at once"));
    g_signal_connect(widget, "toggled", G_CALLBACK(touched_toggled), box);
    return widget;
}

static GtkWidget *switch_new(const Option *option, OptionsBox *box) {
    GtkWidget *widget = gtk_check_button_new_with_label(_(option->label));
    g_signal_connect(widget, "toggled", G_CALLBACK(switch_changed), box);
    return widget;
}

static GtkWidget *widget_of(OptionsBox *box, OptionName name) {
    const Option *option = &OPTIONS[name];
    GtkWidget *widget = name == OPTION_SEED             ? seed_new(option, box)
                        : name == OPTION_STRENGTH       ? strength_new(box)
                        : option->kind == OPTION_CHOICE ? choice_new(option, box)
                        : option->kind == OPTION_SWITCH ? switch_new(option, box)
                                                        : number_new(option, box);
    if (name == OPTION_GROW || name == OPTION_FEATHER || name == OPTION_SOFTEN)
        show_tuning(widget, box);
    pieces_pass_wheel(widget);
    gtk_widget_set_tooltip_text(widget, _(option->tooltip));
    g_object_set_data(G_OBJECT(widget), "option", GINT_TO_POINTER((int)name));
    gtk_widget_show(widget);
    gtk_widget_set_no_show_all(widget, TRUE);
    return box->widgets[name] = widget;
}

// Label and widget, side by side; a switch has its label in it.
static void attach(GtkWidget *grid, int row, OptionsBox *box, OptionName name) {
    const Option *option = &OPTIONS[name];
    GtkWidget *widget = widget_of(box, name);
    if (option->kind == OPTION_SWITCH) {
        gtk_grid_attach(GTK_GRID(grid), widget, 0, row, 2, 1);
        return;
    }
    char *text =
        option->unit ? g_strdup_printf("%s (%s)", _(option->label), _(option->unit)) : g_strdup(_(option->label));
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), widget);
    gtk_widget_set_tooltip_text(label, _(option->tooltip));
    gtk_widget_set_hexpand(label, TRUE);
    gtk_widget_show(label);
    gtk_widget_set_no_show_all(label, TRUE);
    box->captions[name] = label;
    gtk_grid_attach(GTK_GRID(grid), label, 0, row, 1, 1);
    gtk_grid_attach(GTK_GRID(grid), widget, 1, row, 1, 1);
    g_free(text);
}

static void source_prompt_changed(GtkWidget *entry, OptionsBox *box) {
    pieces_take_text(entry, &box->session->edit->source_prompt);
    session_tell(box->session, SESSION_EDIT);
}

static GtkWidget *advanced_new(OptionsBox *box) {
    GtkWidget *grid = gtk_grid_new();
    gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
    gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
    gtk_widget_set_margin_top(grid, 6);
    int row = 0;
    GtkWidget *source = pieces_entry(_("What it showed pre_viously"), box->session->edit->source_prompt,
                                     _("the same as above, if left empty"), G_CALLBACK(source_prompt_changed), box);
    gtk_grid_attach(GTK_GRID(grid), source, 0, row++, 2, 1);
    for (int name = OPTION_STRENGTH + 1; name < OPTION_COUNT; name++)
        attach(grid, row++, box, name);
    GtkWidget *button = pieces_button(_("R_eset to the model's own values"), NULL, G_CALLBACK(reset), box);
    gtk_grid_attach(GTK_GRID(grid), button, 0, row, 2, 1);
    GtkWidget *expander = gtk_expander_new_with_mnemonic(_("_Advanced"));
    gtk_container_add(GTK_CONTAINER(expander), grid);
    return expander;
}

GtkWidget *options_box_new(Session *session) {
    OptionsBox *box = g_new0(OptionsBox, 1);
    GtkWidget *all = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
    box->session = session;
    const char *warning = session->edit->mode->without_plate;
    box->warning = pieces_text(warning ? _(warning) : NULL);
    gtk_widget_set_no_show_all(box->warning, TRUE);
    GtkWidget *preset = widget_of(box, OPTION_PRESET), *strength = widget_of(box, OPTION_STRENGTH);
    gtk_box_pack_start(GTK_BOX(all), pieces_captioned(_("Time"), preset, preset), FALSE, FALSE, 0);
    GtkWidget *captioned = box->captions[OPTION_STRENGTH] = pieces_captioned(_("Stre_ngth"), strength, strength);
    gtk_widget_show_all(captioned);
    gtk_widget_set_no_show_all(captioned, TRUE);
    gtk_box_pack_start(GTK_BOX(all), captioned, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(all), touched_new(box), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(all), advanced_new(box), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(all), box->warning, FALSE, FALSE, 0);
    pieces_own(all, box);
    session_listen(session, listen, box);
    listen(SESSION_MODEL, box);
    return all;
}
