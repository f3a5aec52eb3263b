#include "state.h"

#include <math.h>

// How often the worker is asked how far it is.
static const guint POLL_MILLISECONDS = 60;

static const char *phase_words(dragon_phase phase) {
    static const char *const words[] = {N_("Encoding"), N_("Inverting"),        N_("Sampling"),          N_("Decoding"),
                                        N_("Blending"), N_("Adding the model"), N_("Checking the model")};
    return phase >= 0 && phase < (int)G_N_ELEMENTS(words) ? _(words[phase]) : "";
}

static void show_state(Dialog *dialog, WorkerState state) {
    GString *text = g_string_new(NULL);
    if (state.is_loading)
        g_string_append(text, _("Loading the model"));
    else {
        g_string_append(text, phase_words(state.phase));
        if (state.total > 1 && state.phase <= DRAGON_PHASE_ASSEMBLE)
            g_string_append_printf(text, _(" — step %d of %d"), state.step, state.total);
        if (state.seconds_left >= 60)
            g_string_append_printf(text, _(" — about %.0f min left"), ceil(state.seconds_left / 60));
        else if (state.seconds_left >= 0)
            g_string_append_printf(text, _(" — about %.0f s left"), ceil(state.seconds_left));
    }
    gtk_progress_bar_set_text(GTK_PROGRESS_BAR(dialog->progress), text->str);
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(dialog->progress), CLAMP(state.fraction, 0, 1));
    g_string_free(text, TRUE);
}

// The intermediate picture, laid over the part of the preview that it stands for.
static void show_intermediate(Dialog *dialog) {
    Box box;
    Picture *picture = worker_take_preview(dialog->worker, &box);
    if (!picture)
        return;
    cairo_surface_t *part = surface_of(picture);
    if (dialog->preview && box.width > 0) {
        double scale = dialog->base.scale;
        cairo_t *cairo = cairo_create(dialog->preview);
        cairo_translate(cairo, box.x * scale, box.y * scale);
        cairo_scale(cairo, box.width * scale / picture->width, box.height * scale / picture->height);
        cairo_set_source_surface(cairo, part, 0, 0);
        cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BILINEAR);
        cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
        cairo_rectangle(cairo, 0, 0, picture->width, picture->height);
        cairo_fill(cairo);
        cairo_destroy(cairo);
        gtk_widget_queue_draw(dialog->canvas);
    }
    cairo_surface_destroy(part);
    picture_free(picture);
}

static void keep(Dialog *dialog, dragon_result *result, Edit *edit) {
    Outcome *outcome = g_new0(Outcome, 1);
    outcome->result = result;
    Picture *shown = engine_result_over(dialog->base.picture, result, dialog->base.scale);
    outcome->surface = surface_of(shown);
    picture_free(shown);
    outcome->edit = edit;
    outcome->masks.mask = mask_copy(dialog->material->mask);
    outcome->masks.reference_mask = mask_copy(dialog->material->reference_mask);
    g_ptr_array_add(dialog->outcomes, outcome);
    strip_add(dialog);
}

static void finish(Dialog *dialog) {
    Worker *worker = dialog->worker;
    dialog->worker = NULL;
    dragon_result *result = NULL;
    Edit *edit = NULL;
    char *text = NULL, *message = NULL;
    dragon_status status = worker_finish(worker, &result, &edit, &text, &message);
    if (status != DRAGON_OK && status != DRAGON_CANCELLED)
        dialog_show_problem(dialog, message);
    else if (status == DRAGON_OK && dialog->adds)
        models_fill(dialog, text);
    else if (status == DRAGON_OK)
        keep(dialog, result, g_steal_pointer(&edit));
    edit_free(edit);
    g_free(text);
    g_free(message);
    options_box_refresh(dialog);
    dialog_changed(dialog);
    objects_look(dialog);
    if (dialog->closes)
        g_main_loop_quit(dialog->loop);
}

static gboolean poll(gpointer data) {
    Dialog *dialog = data;
    WorkerState state = worker_state(dialog->worker);
    show_state(dialog, state);
    show_intermediate(dialog);
    if (!state.is_done)
        return G_SOURCE_CONTINUE;
    dialog->poll = 0;
    finish(dialog);
    return G_SOURCE_REMOVE;
}

static void watch(Dialog *dialog, Worker *worker, gboolean adds) {
    dialog_show_problem(dialog, NULL);
    dialog->worker = worker;
    dialog->shown = -1;
    dialog->adds = adds;
    dialog->poll = g_timeout_add(POLL_MILLISECONDS, poll, dialog);
    show_state(dialog, worker_state(worker));
    strip_refresh(dialog);
    panel_refresh(dialog);
    gtk_widget_grab_focus(dialog->cancel);
}

void runs_start(Dialog *dialog) {
    if (dialog->worker || request_missing(dialog->edit, dialog->material) != MISSING_NOTHING)
        return;
    // Another run is another attempt: a seed that was set goes one on, any other is drawn anew.
    double *seed = &dialog->edit->options.at[OPTION_SEED];
    if (dialog->outcomes->len && !isnan(*seed))
        *seed = fmod(*seed + 1, OPTIONS[OPTION_SEED].highest);
    options_box_refresh(dialog);
    watch(dialog, worker_start(WORKER_EDIT, dialog->edit, dialog->material, 1, 1, dialog->engine), FALSE);
}

void runs_add_model(Dialog *dialog, const char *source) {
    if (!dialog->worker)
        watch(dialog, worker_start_adding(source), TRUE);
}

void runs_cancel(Dialog *dialog) {
    if (!dialog->worker)
        return;
    worker_cancel(dialog->worker);
    gtk_progress_bar_set_text(GTK_PROGRESS_BAR(dialog->progress), _("Cancelling…"));
}
