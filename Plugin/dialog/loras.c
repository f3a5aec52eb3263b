#include "loras.h"

#include <math.h>
#include "files.h"
#include "pieces.h"
#include "words.h"

// What a LoRA is worth by hand; more is for scripts.
static const double LEAST_SCALE = -2, MOST_SCALE = 2, SCALE_STEP = 0.05;

typedef struct Loras {
    Session *session;
    GtkWidget *choice;
    GtkWidget *scale;
    GtkWidget *problem;
    /// Whether the program sets the widgets.
    gboolean is_following;
} Loras;

static void append(Loras *loras, const char *path, const char *name) {
    gtk_combo_box_text_append(GTK_COMBO_BOX_TEXT(loras->choice), path, name);
}

static void list_loras(Loras *loras) {
    dragon_model_list *list = NULL;
    size_t count = dragon_lora_list_create(&list) == DRAGON_OK ? dragon_model_list_count(list) : 0;
    for (size_t i = 0; i < count; i++) {
        if (dragon_model_list_kind(list, i) != DRAGON_MODEL_LORA)
            continue;
        char path[4096] = "", name[4096] = "";
        dragon_model_list_path(list, i, path, sizeof path);
        dragon_model_list_name(list, i, name, sizeof name);
        append(loras, path, name);
    }
    dragon_model_list_free(list);
}

// The edit's LoRA is shown; one that stands in none of the lists is offered all the same.
static void show_edit(Loras *loras) {
    const Edit *edit = loras->session->edit;
    GtkComboBox *combo = GTK_COMBO_BOX(loras->choice);
    loras->is_following = TRUE;
    if (!gtk_combo_box_set_active_id(combo, edit->lora)) {
        char *name = g_path_get_basename(edit->lora);
        append(loras, edit->lora, name);
        gtk_combo_box_set_active_id(combo, edit->lora);
        g_free(name);
    }
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(loras->scale), edit->lora_scale);
    gtk_widget_set_sensitive(loras->scale, edit->lora[0] != 0);
    loras->is_following = FALSE;
}

static void choose(Loras *loras, const char *path) {
    Edit *edit = loras->session->edit;
    if (g_strcmp0(path, edit->lora) == 0)
        return;
    g_free(edit->lora);
    edit->lora = g_strdup(path);
    show_edit(loras);
    session_take_model(loras->session);
    session_edit_changed(loras->session);
}

// --- From the user ---------------------------------------------------------------------------------------------------

static void choice_changed(GtkComboBox *combo, Loras *loras) {
    const char *path = gtk_combo_box_get_active_id(combo);
    if (!loras->is_following && path)
        choose(loras, path);
}

static void scale_changed(GtkSpinButton *button, Loras *loras) {
    if (loras->is_following)
        return;
    loras->session->edit->lora_scale = gtk_spin_button_get_value(button);
    session_edit_changed(loras->session);
}

static void open_file(Loras *loras) {
    GtkWidget *chooser =
        files_chooser(loras->choice, GTK_FILE_CHOOSER_ACTION_OPEN, _("Choose a LoRA"), _("_Open"), NULL);
    GtkFileFilter *filter = gtk_file_filter_new();
    gtk_file_filter_set_name(filter, _("Weights (.safetensors)"));
    gtk_file_filter_add_pattern(filter, "*.safetensors");
    gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(chooser), filter);
    char *path = files_choose(chooser);
    if (path)
        choose(loras, path);
    g_free(path);
}

static void listen(guint events, void *data) {
    Loras *loras = data;
    const char *problem = loras->session->lora_problem;
    if (!(events & SESSION_MODEL))
        return;
    gtk_label_set_text(GTK_LABEL(loras->problem), problem ? problem : "");
    gtk_widget_set_visible(loras->problem, problem != NULL);
}

// --- Widgets ---------------------------------------------------------------------------------------------------------

static GtkWidget *scale_new(Loras *loras) {
    GtkWidget *scale = gtk_spin_button_new_with_range(LEAST_SCALE, MOST_SCALE, SCALE_STEP);
    gtk_spin_button_set_digits(GTK_SPIN_BUTTON(scale), 2);
    gtk_entry_set_width_chars(GTK_ENTRY(scale), 5);
    gtk_widget_set_tooltip_text(scale, _("How much of the LoRA is taken; 1 is as it was trained."));
    pieces_pass_wheel(scale);
    g_signal_connect(scale, "value-changed", G_CALLBACK(scale_changed), loras);
    return scale;
}

GtkWidget *loras_new(Session *session) {
    Loras *loras = g_new0(Loras, 1);
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    loras->session = session;
    loras->choice = pieces_choice();
    gtk_widget_set_tooltip_text(loras->choice,
                                _("Changes of the model, such as those that let it paint in few steps."));
    loras->scale = scale_new(loras);
    append(loras, "", _("none"));
    list_loras(loras);
    show_edit(loras);
    g_signal_connect(loras->choice, "changed", G_CALLBACK(choice_changed), loras);
    gtk_box_pack_start(GTK_BOX(row), loras->choice, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), loras->scale, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), pieces_button(_("File…"), NULL, G_CALLBACK(open_file), loras), FALSE, FALSE, 0);
    GtkWidget *box = pieces_captioned(_("_LoRA"), loras->choice, row);
    loras->problem = pieces_text(NULL);
    gtk_widget_set_no_show_all(loras->problem, TRUE);
    gtk_box_pack_start(GTK_BOX(box), loras->problem, FALSE, FALSE, 0);
    pieces_own(box, loras);
    session_listen(session, listen, loras);
    listen(SESSION_MODEL, loras);
    return box;
}
