#include "models.h"

#include "files.h"
#include "pieces.h"
#include "words.h"

typedef struct Models {
    Session *session;
    GtkWidget *choice;
    GtkWidget *problem;
    /// What the model is good for in this mode.
    GtkWidget *note;
    /// Whether the program sets the choice.
    gboolean is_following;
} Models;

typedef size_t (*TextOfItem)(dragon_model_list *list, size_t index, char *buffer, size_t size);

static char *text_of(TextOfItem text, dragon_model_list *list, size_t index) {
    char buffer[4096] = "";
    text(list, index, buffer, sizeof buffer);
    return g_strdup(buffer);
}

static const char *chosen_of(const Models *models) {
    return gtk_combo_box_get_active_id(GTK_COMBO_BOX(models->choice));
}

// What can be expected of the model, where that is not all that the mode can be.
static const char *note_of(const Session *session) {
    const dragon_model_info *info = &session->info;
    gboolean is_appearance = session->edit->mode->mode == DRAGON_APPEARANCE;
    if (info->is_inpainting)
        return is_appearance ? _("A model that paints in: it takes over the other object's colours and paints on from "
                                 "there, without steering by energies.")
                             : _("A model that paints in what is missing, without steering by energies.");
    if (info->parameter_count == 0 || engine_can_attend(info))
        return NULL;
    return is_appearance
               ? _("A small model to try things with: it recolours, no more. Stable Diffusion also takes over "
                   "patterns and shapes.")
               : _("A small model to try things with: what moves keeps its own pixels, but nothing new is "
                   "invented. Stable Diffusion does that.");
}

static void show_note(const Models *models) {
    const char *note = models->session->lacks_model ? NULL : note_of(models->session);
    gtk_label_set_text(GTK_LABEL(models->note), note ? note : "");
    gtk_widget_set_visible(models->note, note != NULL);
}

// The chosen model is the edit's, and its own values are the usual ones.
static void take(Models *models) {
    Session *session = models->session;
    const char *chosen = chosen_of(models);
    const char *problem = chosen ? g_object_get_data(G_OBJECT(models->choice), chosen) : NULL;
    if (chosen) {
        g_free(session->edit->model);
        session->edit->model = g_strdup(chosen);
    }
    session->lacks_model = !chosen || problem;
    gtk_label_set_text(GTK_LABEL(models->problem), problem ? problem : "");
    gtk_widget_set_visible(models->problem, problem != NULL);
    session_take_model(session);
}

static void choice_changed(GtkComboBox *combo, Models *models) {
    (void)combo;
    if (!models->is_following)
        take(models);
}

// With what a model is good for, where that is not all.
static char *shown_name(const char *name, dragon_model_kind kind) {
    const char *use = kind == DRAGON_MODEL_INPAINTING  ? _("paints in")
                      : kind == DRAGON_MODEL_FEW_STEPS ? _("few steps")
                                                       : NULL;
    return use ? g_strdup_printf("%s (%s)", name, use) : g_strdup(name);
}

// Lists the models, and answers the first that can be opened; NULL for none.
static const char *list_models(Models *models) {
    GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT(models->choice);
    dragon_model_list *list = NULL;
    size_t count = dragon_model_list_create(&list) == DRAGON_OK ? dragon_model_list_count(list) : 0;
    const char *usable = NULL;
    gtk_combo_box_text_remove_all(combo);
    for (size_t i = 0; i < count; i++) {
        char *path = text_of(dragon_model_list_path, list, i), *name = text_of(dragon_model_list_name, list, i);
        char *problem = text_of(dragon_model_list_problem, list, i);
        char *shown = shown_name(name, dragon_model_list_kind(list, i));
        gtk_combo_box_text_append(combo, path, shown);
        g_free(shown);
        g_object_set_data_full(G_OBJECT(combo), path, problem[0] ? g_strdup(problem) : NULL, g_free);
        if (!problem[0] && !usable)
            usable = g_intern_string(path);
        g_free(path);
        g_free(name);
        g_free(problem);
    }
    dragon_model_list_free(list);
    return usable;
}

static void fill(Models *models, const char *wanted) {
    GtkComboBox *combo = GTK_COMBO_BOX(models->choice);
    models->is_following = TRUE;
    const char *usable = list_models(models);
    // A model of the last time that stands in none of the folders is offered all the same, while it is there.
    gboolean is_known = wanted && wanted[0] && gtk_combo_box_set_active_id(combo, wanted);
    if (!is_known && wanted && wanted[0] && g_file_test(wanted, G_FILE_TEST_EXISTS)) {
        char *name = g_path_get_basename(wanted);
        gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(combo), wanted, name);
        is_known = gtk_combo_box_set_active_id(combo, wanted);
        g_free(name);
    }
    if (!is_known && usable)
        gtk_combo_box_set_active_id(combo, usable);
    models->is_following = FALSE;
    take(models);
}

// --- Adding ----------------------------------------------------------------------------------------------------------

// Folder or file: GTK's chooser picks one kind at a time.
static void add(Models *models, GtkFileChooserAction action, const char *title) {
    GtkWidget *chooser = files_chooser(models->choice, action, title, _("A_dd"), NULL);
    if (action == GTK_FILE_CHOOSER_ACTION_OPEN) {
        GtkFileFilter *filter = gtk_file_filter_new();
        gtk_file_filter_set_name(filter, _("Weights (.safetensors)"));
        gtk_file_filter_add_pattern(filter, "*.safetensors");
        gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(chooser), filter);
    }
    char *path = files_choose(chooser);
    if (path)
        session_wish_model(models->session, path);
    g_free(path);
}

static void add_folder(Models *models) {
    add(models, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("Add the Folder of a Model"));
}

static void add_file(Models *models) {
    add(models, GTK_FILE_CHOOSER_ACTION_OPEN, _("Add a Model's File"));
}

static GtkWidget *menu_new(Models *models) {
    GtkWidget *menu = gtk_menu_new();
    GtkWidget *folder = gtk_menu_item_new_with_mnemonic(_("From a _folder…"));
    GtkWidget *file = gtk_menu_item_new_with_mnemonic(_("From a .safetensors f_ile…"));
    g_signal_connect_swapped(folder, "activate", G_CALLBACK(add_folder), models);
    g_signal_connect_swapped(file, "activate", G_CALLBACK(add_file), models);
    gtk_menu_shell_append(GTK_MENU_SHELL(menu), folder);
    gtk_menu_shell_append(GTK_MENU_SHELL(menu), file);
    gtk_widget_show_all(menu);
    return menu;
}

static void listen(guint events, void *data) {
    Models *models = data;
    // Of a LoRA too.
    if (events & SESSION_MODEL)
        show_note(models);
    if (events & SESSION_MODEL_ADDED)
        fill(models, models->session->path);
}

GtkWidget *models_new(Session *session) {
    Models *models = g_new0(Models, 1);
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6), *button = gtk_menu_button_new();
    models->session = session;
    models->choice = pieces_choice();
    g_signal_connect(models->choice, "changed", G_CALLBACK(choice_changed), models);
    gtk_button_set_label(GTK_BUTTON(button), _("Add model…"));
    gtk_menu_button_set_popup(GTK_MENU_BUTTON(button), menu_new(models));
    gtk_box_pack_start(GTK_BOX(row), models->choice, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), button, FALSE, FALSE, 0);
    GtkWidget *box = pieces_captioned(_("_Model"), models->choice, row);
    models->problem = pieces_text(NULL);
    gtk_widget_set_no_show_all(models->problem, TRUE);
    gtk_box_pack_start(GTK_BOX(box), models->problem, FALSE, FALSE, 0);
    models->note = pieces_text(NULL);
    gtk_widget_set_no_show_all(models->note, TRUE);
    gtk_style_context_add_class(gtk_widget_get_style_context(models->note), "dim-label");
    gtk_box_pack_start(GTK_BOX(box), models->note, FALSE, FALSE, 0);
    pieces_own(box, models);
    session_listen(session, listen, models);
    fill(models, session->edit->model);
    return box;
}
