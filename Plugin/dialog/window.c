#include "state.h"

#include <math.h>

#include "parent.h"

static const char STYLE[] =
    ".dragon-canvas { background-color: shade(@theme_bg_color, 0.8); }"
    ".dragon-heading { font-size: 130%; font-weight: bold; }"
    ".dragon-strip button { padding: 3px; }"
    // Dark themes hardly tell it from the window.
    "infobar.error > revealer > box { background-color: mix(@theme_bg_color, @error_color, 0.5); }";

// --- What follows a change -------------------------------------------------------------------------------------------

void dialog_changed(Dialog *dialog) {
    panel_refresh(dialog);
    preview_ask(dialog);
    gtk_widget_queue_draw(dialog->canvas);
}

void dialog_show_problem(Dialog *dialog, const char *message) {
    // The engine's messages begin small, for they may follow a program's name.
    const char *first = message ? message : "";
    char *text = *first ? g_strdup_printf("%c%s", g_ascii_toupper(*first), first + 1) : g_strdup("");
    gtk_label_set_text(GTK_LABEL(dialog->problem), text);
    g_free(text);
    gtk_widget_set_visible(gtk_widget_get_ancestor(dialog->problem, GTK_TYPE_INFO_BAR), message != NULL);
}

// --- Buttons ---------------------------------------------------------------------------------------------------------

static void outline_toggled(GtkToggleButton *button, Dialog *dialog) {
    dialog->tool = gtk_toggle_button_get_active(button) ? TOOL_OUTLINE : TOOL_PLACE;
    gtk_widget_queue_draw(dialog->canvas);
}

static void reference_toggled(GtkToggleButton *button, Dialog *dialog) {
    dialog->shows_reference = gtk_toggle_button_get_active(button) && dialog->reference.picture;
    panel_refresh(dialog);
    canvas_update_view(dialog);
}

// The user may have been in the program, and selected something there.
static gboolean focused(GtkWidget *window, GdkEvent *event, Dialog *dialog) {
    (void)window;
    (void)event;
    objects_look(dialog);
    return FALSE;
}

static void original_pressed(GtkWidget *button, Dialog *dialog) {
    (void)button;
    dialog->shows_original = TRUE;
    gtk_widget_queue_draw(dialog->canvas);
}

static void original_released(GtkWidget *button, Dialog *dialog) {
    (void)button;
    dialog->shows_original = FALSE;
    gtk_widget_queue_draw(dialog->canvas);
}

static void fit_clicked(GtkWidget *button, Dialog *dialog) {
    (void)button;
    view_fit(&dialog->view);
    gtk_widget_queue_draw(dialog->canvas);
}

static void run_clicked(GtkWidget *button, Dialog *dialog) {
    (void)button;
    runs_start(dialog);
}

static void cancel_clicked(GtkWidget *button, Dialog *dialog) {
    (void)button;
    runs_cancel(dialog);
}

static void close_dialog(Dialog *dialog) {
    if (!dialog->worker) {
        g_main_loop_quit(dialog->loop);
        return;
    }
    dialog->closes = TRUE;
    runs_cancel(dialog);
}

static void insert_clicked(GtkWidget *button, Dialog *dialog) {
    (void)button;
    dialog->inserts = dialog->shown >= 0 && !dialog->worker;
    close_dialog(dialog);
}

static void close_clicked(GtkWidget *button, Dialog *dialog) {
    (void)button;
    close_dialog(dialog);
}

static gboolean window_deleted(GtkWidget *window, GdkEvent *event, Dialog *dialog) {
    (void)window;
    (void)event;
    close_dialog(dialog);
    return TRUE;
}

static gboolean key_pressed(GtkWidget *window, GdkEventKey *event, Dialog *dialog) {
    (void)window;
    if (event->keyval != GDK_KEY_Escape)
        return FALSE;
    if (dialog->worker)
        runs_cancel(dialog);
    else
        close_dialog(dialog);
    return TRUE;
}

static GtkWidget *button_new(const char *label, const char *tooltip, GCallback clicked, Dialog *dialog) {
    GtkWidget *button = gtk_button_new_with_mnemonic(label);
    gtk_widget_set_tooltip_text(button, tooltip);
    if (clicked)
        g_signal_connect(button, "clicked", clicked, dialog);
    return button;
}

// --- Layout ----------------------------------------------------------------------------------------------------------

static gboolean has_outline_tool(dragon_mode mode) {
    return mode != DRAGON_PASTE && mode != DRAGON_LANDMARK;
}

static GtkWidget *toolbar_new(Dialog *dialog) {
    dragon_mode mode = dialog->edit->mode;
    GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    dialog->outline_button =
        gtk_toggle_button_new_with_mnemonic(mode == DRAGON_DRAG ? _("Draw re_gion") : _("Draw _outline"));
    gtk_widget_set_tooltip_text(dialog->outline_button,
                                mode == DRAGON_DRAG ? _("Draw around what may change, in place of the selection")
                                                    : _("Draw around the object, in place of the selection"));
    g_signal_connect(dialog->outline_button, "toggled", G_CALLBACK(outline_toggled), dialog);
    gtk_box_pack_start(GTK_BOX(bar), dialog->outline_button, FALSE, FALSE, 0);
    gtk_widget_set_no_show_all(dialog->outline_button, !has_outline_tool(mode));
    dialog->reference_switch = gtk_toggle_button_new_with_mnemonic(_("Other _picture"));
    gtk_widget_set_tooltip_text(dialog->reference_switch, _("Show the other picture, to draw around its object"));
    g_signal_connect(dialog->reference_switch, "toggled", G_CALLBACK(reference_toggled), dialog);
    gtk_box_pack_start(GTK_BOX(bar), dialog->reference_switch, FALSE, FALSE, 0);
    gtk_widget_set_no_show_all(dialog->reference_switch, !mode_needs_reference(mode));
    GtkWidget *original = button_new(_("_Before"), _("Hold to see the picture as it was"), NULL, dialog);
    g_signal_connect(original, "pressed", G_CALLBACK(original_pressed), dialog);
    g_signal_connect(original, "released", G_CALLBACK(original_released), dialog);
    GtkWidget *fit =
        button_new(_("_Fit"), _("Show the whole picture. The wheel with Ctrl zooms."), G_CALLBACK(fit_clicked), dialog);
    gtk_box_pack_end(GTK_BOX(bar), fit, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(bar), original, FALSE, FALSE, 0);
    return bar;
}

static GtkWidget *problem_new(Dialog *dialog) {
    GtkWidget *bar = gtk_info_bar_new();
    gtk_info_bar_set_message_type(GTK_INFO_BAR(bar), GTK_MESSAGE_ERROR);
    dialog->problem = gtk_label_new(NULL);
    gtk_label_set_line_wrap(GTK_LABEL(dialog->problem), TRUE);
    gtk_label_set_xalign(GTK_LABEL(dialog->problem), 0);
    gtk_container_add(GTK_CONTAINER(gtk_info_bar_get_content_area(GTK_INFO_BAR(bar))), dialog->problem);
    gtk_widget_show(dialog->problem);
    gtk_widget_set_no_show_all(bar, TRUE);
    return bar;
}

static GtkWidget *strip_new(Dialog *dialog) {
    GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
    dialog->strip = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_style_context_add_class(gtk_widget_get_style_context(dialog->strip), "dragon-strip");
    gtk_container_add(GTK_CONTAINER(scrolled), dialog->strip);
    gtk_widget_show(dialog->strip);
    gtk_widget_set_no_show_all(scrolled, TRUE);
    return scrolled;
}

static GtkWidget *left_side_new(Dialog *dialog) {
    GtkWidget *side = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    g_object_set(side, "margin", 12, "margin-end", 0, NULL);
    gtk_box_pack_start(GTK_BOX(side), toolbar_new(dialog), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(side), problem_new(dialog), FALSE, FALSE, 0);
    if (dialog->input->notice) {
        GtkWidget *notice = gtk_label_new(dialog->input->notice);
        gtk_label_set_line_wrap(GTK_LABEL(notice), TRUE);
        gtk_label_set_xalign(GTK_LABEL(notice), 0);
        gtk_box_pack_start(GTK_BOX(side), notice, FALSE, FALSE, 0);
    }
    gtk_box_pack_start(GTK_BOX(side), canvas_new(dialog), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(side), strip_new(dialog), FALSE, FALSE, 0);
    return side;
}

static GtkWidget *actions_new(Dialog *dialog) {
    GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    g_object_set(bar, "margin", 12, NULL);
    dialog->progress = gtk_progress_bar_new();
    gtk_progress_bar_set_show_text(GTK_PROGRESS_BAR(dialog->progress), TRUE);
    gtk_widget_set_valign(dialog->progress, GTK_ALIGN_CENTER);
    dialog->cancel = button_new(_("_Cancel"), _("Stop the edit"), G_CALLBACK(cancel_clicked), dialog);
    dialog->run = button_new(_("_Run"), _("Compute the edit"), G_CALLBACK(run_clicked), dialog);
    dialog->insert =
        button_new(_("_Insert"), _("Put the shown result above the layer"), G_CALLBACK(insert_clicked), dialog);
    GtkWidget *leave = button_new(_("C_lose"), _("Leave the picture as it is"), G_CALLBACK(close_clicked), dialog);
    gtk_style_context_add_class(gtk_widget_get_style_context(dialog->run), "suggested-action");
    gtk_box_pack_start(GTK_BOX(bar), dialog->progress, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(bar), dialog->cancel, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(bar), dialog->insert, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(bar), dialog->run, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(bar), leave, FALSE, FALSE, 0);
    gtk_widget_set_no_show_all(dialog->progress, TRUE);
    gtk_widget_set_no_show_all(dialog->cancel, TRUE);
    gtk_widget_set_can_default(dialog->run, TRUE);
    return bar;
}

// No larger than the screen, which high resolutions make small in the toolkit's pixels.
static void set_default_size(GtkWindow *window) {
    GdkDisplay *display = gdk_display_get_default();
    GdkMonitor *monitor = gdk_display_get_primary_monitor(display);
    GdkRectangle room = {0, 0, 1080, 720};
    if (!monitor)
        monitor = gdk_display_get_monitor(display, 0);
    if (monitor)
        gdk_monitor_get_workarea(monitor, &room);
    gtk_window_set_default_size(window, MIN(1080, room.width), MIN(720, room.height));
}

static void build(Dialog *dialog) {
    GtkCssProvider *provider = gtk_css_provider_new();
    gtk_css_provider_load_from_data(provider, STYLE, -1, NULL);
    gtk_style_context_add_provider_for_screen(gdk_screen_get_default(), GTK_STYLE_PROVIDER(provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    g_object_unref(provider);
    GtkWidget *window = dialog->window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
    gtk_window_set_title(GTK_WINDOW(window), edit_mode_name(dialog->edit->mode));
    gtk_window_set_role(GTK_WINDOW(window), "dragon");
    gtk_window_set_type_hint(GTK_WINDOW(window), GDK_WINDOW_TYPE_HINT_DIALOG);
    set_default_size(GTK_WINDOW(window));
    gtk_window_set_position(GTK_WINDOW(window), GTK_WIN_POS_CENTER);
    g_signal_connect(window, "delete-event", G_CALLBACK(window_deleted), dialog);
    g_signal_connect(window, "focus-in-event", G_CALLBACK(focused), dialog);
    g_signal_connect(window, "key-press-event", G_CALLBACK(key_pressed), dialog);
    GtkWidget *sides = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    GtkWidget *all = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_box_pack_start(GTK_BOX(sides), left_side_new(dialog), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(sides), panel_new(dialog), FALSE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(all), sides, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(all), gtk_separator_new(GTK_ORIENTATION_HORIZONTAL), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(all), actions_new(dialog), FALSE, FALSE, 0);
    gtk_container_add(GTK_CONTAINER(window), all);
    gtk_window_set_default(GTK_WINDOW(window), dialog->run);
    parent_set(window, dialog->input->parent);
}

// --- Beginning and end -----------------------------------------------------------------------------------------------

static void outcome_free(gpointer data) {
    Outcome *outcome = data;
    dragon_result_free(outcome->result);
    g_clear_pointer(&outcome->surface, cairo_surface_destroy);
    edit_free(outcome->edit);
    mask_free(outcome->masks.mask);
    mask_free(outcome->masks.reference_mask);
    g_free(outcome);
}

static void begin(Dialog *dialog) {
    Material *material = dialog->material;
    dialog->selection = mask_copy(material->mask);
    dialog->outcomes = g_ptr_array_new_with_free_func(outcome_free);
    dialog->lasso = g_array_new(FALSE, FALSE, sizeof(dragon_point));
    dialog->loop = g_main_loop_new(NULL, FALSE);
    dialog->engine = engine_new();
    dialog->shown = dialog->arrow = dialog->grip = -1;
    build(dialog);
    screen_set(&dialog->base, material->picture, material->mask);
    models_fill(dialog, dialog->edit->model);
    options_box_refresh(dialog);
    gtk_widget_show_all(dialog->window);
    if (mode_needs_reference(dialog->edit->mode))
        sources_take(dialog);
    else
        objects_take(dialog);
    canvas_update_view(dialog);
    // Without an object the first thing to do is to draw one.
    if (mode_needs_object(dialog->edit->mode) && !material->mask)
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(dialog->outline_button), TRUE);
    gtk_widget_grab_focus(dialog->canvas);
}

static gboolean take_outcome(Dialog *dialog, dragon_result **result) {
    if (!dialog->inserts || dialog->shown < 0)
        return FALSE;
    Outcome *outcome = g_ptr_array_index(dialog->outcomes, dialog->shown);
    Edit chosen = *outcome->edit;
    *outcome->edit = *dialog->edit;
    *dialog->edit = chosen;
    Material *material = dialog->material;
    mask_free(material->mask);
    mask_free(material->reference_mask);
    material->mask = g_steal_pointer(&outcome->masks.mask);
    material->reference_mask = g_steal_pointer(&outcome->masks.reference_mask);
    *result = g_steal_pointer(&outcome->result);
    return TRUE;
}

static void end(Dialog *dialog) {
    preview_stop(dialog);
    gtk_widget_destroy(dialog->window);
    engine_free(dialog->engine);
    screen_clear(&dialog->base);
    screen_clear(&dialog->reference);
    g_clear_pointer(&dialog->preview, cairo_surface_destroy);
    g_ptr_array_unref(dialog->outcomes);
    g_array_unref(dialog->lasso);
    edit_free(dialog->before);
    mask_free(dialog->selection);
    mask_free(dialog->reference_selection);
    g_main_loop_unref(dialog->loop);
}

gboolean window_run(DialogInput *input, dragon_result **result) {
    Dialog dialog = {.input = input, .edit = input->edit, .material = input->material};
    begin(&dialog);
    g_main_loop_run(dialog.loop);
    gboolean inserts = take_outcome(&dialog, result);
    end(&dialog);
    return inserts;
}
