#include "state.h"

#include <string.h>

typedef size_t (*TextOfItem)(dragon_model_list *list, size_t index, char *buffer, size_t size);

static char *text_of(TextOfItem text, dragon_model_list *list, size_t index) {
    char buffer[4096] = "";
    text(list, index, buffer, sizeof buffer);
    return g_strdup(buffer);
}

// What is wrong with the chosen model, or that there is none.
static void show_problem(Dialog *dialog) {
    const char *chosen = models_chosen(dialog);
    const char *problem = chosen ? g_object_get_data(G_OBJECT(dialog->model_choice), chosen) : NULL;
    if (!chosen)
        problem = _("No model was found. Add one: a folder or a .safetensors file of Stable Diffusion 1 or 2.");
    gtk_label_set_text(GTK_LABEL(dialog->model_problem), problem ? problem : "");
    gtk_widget_set_visible(dialog->model_problem, problem != NULL);
}

static void chosen_changed(GtkComboBox *combo, Dialog *dialog) {
    (void)combo;
    const char *chosen = models_chosen(dialog);
    if (dialog->fills || !chosen)
        return;
    g_free(dialog->edit->model);
    dialog->edit->model = g_strdup(chosen);
    show_problem(dialog);
}

const char *models_chosen(Dialog *dialog) {
    return gtk_combo_box_get_active_id(GTK_COMBO_BOX(dialog->model_choice));
}

void models_fill(Dialog *dialog, const char *chosen) {
    GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT(dialog->model_choice);
    dragon_model_list *list = NULL;
    dialog->fills = TRUE;
    gtk_combo_box_text_remove_all(combo);
    size_t count = dragon_model_list_create(&list) == DRAGON_OK ? dragon_model_list_count(list) : 0;
    const char *usable = NULL;
    for (size_t i = 0; i < count; i++) {
        char *path = text_of(dragon_model_list_path, list, i), *name = text_of(dragon_model_list_name, list, i);
        char *problem = text_of(dragon_model_list_problem, list, i);
        gtk_combo_box_text_append(combo, path, name);
        if (problem[0])
            g_object_set_data_full(G_OBJECT(combo), path, g_strdup(problem), g_free);
        else if (!usable)
            usable = g_intern_string(path);
        g_free(path);
        g_free(name);
        g_free(problem);
    }
    // A model of the last time that stands in none of the folders is offered all the same.
    if (chosen && chosen[0] && !gtk_combo_box_set_active_id(GTK_COMBO_BOX(combo), chosen)) {
        char *name = g_path_get_basename(chosen);
        gtk_combo_box_text_append(combo, chosen, name);
        gtk_combo_box_set_active_id(GTK_COMBO_BOX(combo), chosen);
        g_free(name);
    } else if ((!chosen || !chosen[0]) && usable)
        gtk_combo_box_set_active_id(GTK_COMBO_BOX(combo), usable);
    dragon_model_list_free(list);
    dialog->fills = FALSE;
    chosen_changed(GTK_COMBO_BOX(combo), dialog);
    show_problem(dialog);
}

// Folder or file: GTK's chooser picks one kind at a time.
static void add(Dialog *dialog, GtkFileChooserAction action, const char *title) {
    GtkWidget *chooser = files_chooser(dialog, action, title, _("A_dd"), NULL);
    if (action == GTK_FILE_CHOOSER_ACTION_OPEN) {
        GtkFileFilter *filter = gtk_file_filter_new();
        gtk_file_filter_set_name(filter, _("Weights (.safetensors)"));
        gtk_file_filter_add_pattern(filter, "*.safetensors");
        gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(chooser), filter);
    }
    char *path = files_choose(chooser);
    if (path)
        runs_add_model(dialog, path);
    g_free(path);
}

static void add_folder(GtkMenuItem *item, Dialog *dialog) {
    (void)item;
    add(dialog, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("Add the Folder of a Model"));
}

static void add_file(GtkMenuItem *item, Dialog *dialog) {
    (void)item;
    add(dialog, GTK_FILE_CHOOSER_ACTION_OPEN, _("Add a Model's File"));
}

static GtkWidget *menu_new(Dialog *dialog) {
    GtkWidget *menu = gtk_menu_new();
    GtkWidget *folder = gtk_menu_item_new_with_mnemonic(_("From a _folder…"));
    GtkWidget *file = gtk_menu_item_new_with_mnemonic(_("From a .safetensors f_ile…"));
    g_signal_connect(folder, "activate", G_CALLBACK(add_folder), dialog);
    g_signal_connect(file, "activate", G_CALLBACK(add_file), dialog);
    gtk_menu_shell_append(GTK_MENU_SHELL(menu), folder);
    gtk_menu_shell_append(GTK_MENU_SHELL(menu), file);
    gtk_widget_show_all(menu);
    return menu;
}

GtkWidget *models_new(Dialog *dialog) {
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    dialog->model_choice = panel_choice_new();
    g_signal_connect(dialog->model_choice, "changed", G_CALLBACK(chosen_changed), dialog);
    GtkWidget *button = gtk_menu_button_new();
    gtk_button_set_label(GTK_BUTTON(button), _("Add model…"));
    gtk_menu_button_set_popup(GTK_MENU_BUTTON(button), menu_new(dialog));
    gtk_box_pack_start(GTK_BOX(row), dialog->model_choice, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), button, FALSE, FALSE, 0);
    GtkWidget *box = panel_captioned(_("_Model"), dialog->model_choice, row);
    dialog->model_problem = gtk_label_new(NULL);
    gtk_label_set_xalign(GTK_LABEL(dialog->model_problem), 0);
    gtk_label_set_line_wrap(GTK_LABEL(dialog->model_problem), TRUE);
    gtk_label_set_max_width_chars(GTK_LABEL(dialog->model_problem), 34);
    gtk_widget_set_no_show_all(dialog->model_problem, TRUE);
    gtk_box_pack_start(GTK_BOX(box), dialog->model_problem, FALSE, FALSE, 0);
    return box;
}
