#include "state.h"

#include <math.h>

// The options that stand in the dialog at once; the others are under Advanced, in this order.
static const OptionName ADVANCED[] = {
    OPTION_STEPS, OPTION_GUIDANCE,    OPTION_ALGORITHM,      OPTION_SDE_STRENGTH,    OPTION_SEED,
    OPTION_SIDE,  OPTION_EDIT_WEIGHT, OPTION_CONTENT_WEIGHT, OPTION_CONTRAST_WEIGHT, OPTION_INPAINT_WEIGHT,
    OPTION_GROW,  OPTION_FEATHER,     OPTION_PLATE};

static OptionName name_of(GtkWidget *widget) {
    return (OptionName)GPOINTER_TO_INT(g_object_get_data(G_OBJECT(widget), "option"));
}

// The model's own value.
static double usual(Dialog *dialog, OptionName name) {
    dragon_parameters parameters = {.size = sizeof parameters};
    if (!engine_usual(dialog->worker ? NULL : dialog->engine, dialog->edit->mode, &parameters))
        return OPTIONS[name].lowest;
    return option_of_parameters(name, &parameters);
}

static void set(Dialog *dialog, OptionName name, double value) {
    if (!dialog->fills && options_set_value(&dialog->edit->options, name, value, NULL))
        dialog_changed(dialog);
}

static void number_changed(GtkSpinButton *button, Dialog *dialog) {
    set(dialog, name_of(GTK_WIDGET(button)), gtk_spin_button_get_value(button));
}

static void range_changed(GtkRange *range, Dialog *dialog) {
    set(dialog, name_of(GTK_WIDGET(range)), gtk_range_get_value(range));
}

static void choice_changed(GtkComboBox *combo, Dialog *dialog) {
    set(dialog, name_of(GTK_WIDGET(combo)), gtk_combo_box_get_active(combo));
}

static void check_changed(GtkToggleButton *button, Dialog *dialog) {
    set(dialog, name_of(GTK_WIDGET(button)), gtk_toggle_button_get_active(button));
}

static GtkWidget *widget_of(Dialog *dialog, OptionName name) {
    const Option *option = &OPTIONS[name];
    GtkWidget *widget;
    if (name == OPTION_ALGORITHM) {
        widget = gtk_combo_box_text_new();
        gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(widget), "DragonDiffusion");
        gtk_combo_box_text_append_text(GTK_COMBO_BOX_TEXT(widget), "DiffEditor");
        g_signal_connect(widget, "changed", G_CALLBACK(choice_changed), dialog);
    } else if (name == OPTION_PLATE) {
        widget = gtk_check_button_new_with_label(_(option->label));
        g_signal_connect(widget, "toggled", G_CALLBACK(check_changed), dialog);
    } else if (name == OPTION_STRENGTH) {
        widget = gtk_scale_new_with_range(GTK_ORIENTATION_HORIZONTAL, 0, 3, 0.05);
        gtk_scale_add_mark(GTK_SCALE(widget), 1, GTK_POS_BOTTOM, NULL);
        g_signal_connect(widget, "value-changed", G_CALLBACK(range_changed), dialog);
    } else {
        widget = gtk_spin_button_new_with_range(option->lowest, option->highest, option->step);
        gtk_spin_button_set_digits(GTK_SPIN_BUTTON(widget), (guint)option->digits);
        gtk_entry_set_width_chars(GTK_ENTRY(widget), 7);
        gtk_spin_button_set_snap_to_ticks(GTK_SPIN_BUTTON(widget), name == OPTION_SIDE);
        g_signal_connect(widget, "value-changed", G_CALLBACK(number_changed), dialog);
    }
    gtk_widget_set_tooltip_text(widget, _(option->tooltip));
    g_object_set_data(G_OBJECT(widget), "option", GINT_TO_POINTER((int)name));
    dialog->options[name] = widget;
    return widget;
}

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

void options_box_refresh(Dialog *dialog) {
    dialog->fills = TRUE;
    for (int i = 0; i < OPTION_COUNT; i++) {
        double value = dialog->edit->options.at[i];
        if (dialog->options[i])
            show(dialog->options[i], isnan(value) ? usual(dialog, i) : value);
    }
    dialog->fills = FALSE;
}

static void reset(GtkButton *button, Dialog *dialog) {
    (void)button;
    options_clear(&dialog->edit->options);
    options_box_refresh(dialog);
    dialog_changed(dialog);
}

static void attach(GtkWidget *grid, int row, Dialog *dialog, OptionName name) {
    GtkWidget *widget = widget_of(dialog, name);
    if (name == OPTION_PLATE) {
        gtk_grid_attach(GTK_GRID(grid), widget, 0, row, 2, 1);
        return;
    }
    const Option *option = &OPTIONS[name];
    char *text =
        option->unit ? g_strdup_printf("%s (%s)", _(option->label), _(option->unit)) : g_strdup(_(option->label));
    GtkWidget *label = gtk_label_new(text);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), widget);
    gtk_widget_set_tooltip_text(label, _(option->tooltip));
    gtk_widget_set_hexpand(label, TRUE);
    gtk_grid_attach(GTK_GRID(grid), label, 0, row, 1, 1);
    gtk_grid_attach(GTK_GRID(grid), widget, 1, row, 1, 1);
    g_free(text);
}

static GtkWidget *advanced_new(Dialog *dialog) {
    GtkWidget *grid = gtk_grid_new();
    gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
    gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
    gtk_widget_set_margin_top(grid, 6);
    int row = 0;
    for (guint i = 0; i < G_N_ELEMENTS(ADVANCED); i++)
        attach(grid, row++, dialog, ADVANCED[i]);
    GtkWidget *button = gtk_button_new_with_mnemonic(_("R_eset to the model's own values"));
    g_signal_connect(button, "clicked", G_CALLBACK(reset), dialog);
    gtk_grid_attach(GTK_GRID(grid), button, 0, row, 2, 1);
    GtkWidget *expander = gtk_expander_new_with_mnemonic(_("_Advanced"));
    gtk_container_add(GTK_CONTAINER(expander), grid);
    return expander;
}

GtkWidget *options_box_new(Dialog *dialog) {
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
    GtkWidget *strength = widget_of(dialog, OPTION_STRENGTH);
    gtk_box_pack_start(GTK_BOX(box), panel_captioned(_("Stre_ngth"), strength, strength), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), advanced_new(dialog), FALSE, FALSE, 0);
    return box;
}
