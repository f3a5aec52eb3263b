#include "window.h"

#include "actions.h"
#include "canvas.h"
#include "finder.h"
#include "objects.h"
#include "panel.h"
#include "parent.h"
#include "preview.h"
#include "problem.h"
#include "runs.h"
#include "steps.h"
#include "strip.h"
#include "toolbar.h"
#include "waiting.h"
#include "words.h"

static const char STYLE[] =
    ".dragon-canvas { background-color: shade(@theme_bg_color, 0.8); }"
    ".dragon-waiting { margin: 18px; padding: 6px 12px; border-radius: 6px; color: white; "
    "background-color: rgba(0, 0, 0, 0.75); }"
    ".dragon-heading { font-size: 130%; font-weight: bold; }"
    ".dragon-strip button { padding: 3px; border-width: 3px; border-style: solid; }"
    ".dragon-strip button:checked { border-color: @theme_selected_bg_color; "
    "background-color: @theme_selected_bg_color; }"
    // Dark themes hardly tell it from the window.
    "infobar.error > revealer > box { background-color: mix(@theme_bg_color, @error_color, 0.5); }";

// What every part must know before the first event.
static const guint ALL =
    SESSION_EDIT | SESSION_OBJECTS | SESSION_REFERENCE | SESSION_SIGHT | SESSION_BUSY | SESSION_MODEL | SESSION_PROBLEM;

typedef struct Window {
    Session *session;
    /// Of the runs and of what looks at the pictures; kept from one edit to the next.
    Engine *engine;
    Preview *preview;
    Runs *runs;
    Finder *finder;
    GMainLoop *loop;
    GtkWidget *widget;
    GtkWidget *canvas;
    gboolean inserts;
    /// Whether the window closes when the run has ended.
    gboolean closes;
} Window;

// --- Leaving ---------------------------------------------------------------------------------------------------------

// Results take minutes; closing without one of them is asked about.
static gboolean may_close(const Window *window) {
    guint count = window->session->results.list->len;
    if (count == 0)
        return TRUE;
    GtkWidget *question =
        gtk_message_dialog_new(GTK_WINDOW(window->widget), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                               GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, "%s", _("Close without inserting a result?"));
    gtk_window_set_title(GTK_WINDOW(question), _("Close without inserting a result?"));
    gtk_message_dialog_format_secondary_text(
        GTK_MESSAGE_DIALOG(question),
        dngettext(WORDS_DOMAIN, "%u result would be lost.", "%u results would be lost.", count), count);
    gtk_dialog_add_buttons(GTK_DIALOG(question), _("_Keep editing"), GTK_RESPONSE_REJECT, _("C_lose"),
                           GTK_RESPONSE_ACCEPT, NULL);
    gtk_dialog_set_default_response(GTK_DIALOG(question), GTK_RESPONSE_REJECT);
    int response = gtk_dialog_run(GTK_DIALOG(question));
    gtk_widget_destroy(question);
    return response == GTK_RESPONSE_ACCEPT;
}

static void leave(Window *window) {
    if (!may_close(window))
        return;
    window->closes = TRUE;
    if (window->session->is_busy)
        session_tell(window->session, SESSION_WISH_CANCEL);
    else
        g_main_loop_quit(window->loop);
}

static void insert(Window *window) {
    window->inserts = TRUE;
    g_main_loop_quit(window->loop);
}

static void try_insert(Window *window) {
    const Session *session = window->session;
    if (session->is_busy || !results_shown(&session->results))
        return;
    if (session->edit->edits_frames)
        session_tell(window->session, SESSION_WISH_FRAMES);
    else
        insert(window);
}

static void listen(guint events, void *data) {
    Window *window = data;
    if (events & SESSION_WISH_CLOSE)
        leave(window);
    if (events & SESSION_WISH_INSERT)
        try_insert(window);
    if (events & SESSION_FRAMES)
        insert(window);
    if (events & SESSION_BUSY && !window->session->is_busy) {
        // The button that had it can no longer be pressed.
        gtk_widget_grab_focus(window->canvas);
        if (window->closes)
            g_main_loop_quit(window->loop);
    }
}

static gboolean deleted(GtkWidget *widget, GdkEvent *event, Window *window) {
    (void)widget;
    (void)event;
    leave(window);
    return TRUE;
}

static gboolean key_pressed(GtkWidget *widget, GdkEventKey *event, Window *window) {
    if (steps_press_key(window->session, gtk_window_get_focus(GTK_WINDOW(widget)), event))
        return TRUE;
    if (event->keyval != GDK_KEY_Escape)
        return FALSE;
    session_tell(window->session, window->session->is_busy ? SESSION_WISH_CANCEL : SESSION_WISH_CLOSE);
    return TRUE;
}

// The user may have been in the program, and selected something there.
static gboolean focused(GtkWidget *widget, GdkEvent *event, Window *window) {
    (void)widget;
    (void)event;
    objects_look(window->session);
    return FALSE;
}

// --- Layout ----------------------------------------------------------------------------------------------------------

static GtkWidget *left_side_new(Window *window) {
    Session *session = window->session;
    GtkWidget *side = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    g_object_set(side, "margin", 12, "margin-end", 0, NULL);
    gtk_box_pack_start(GTK_BOX(side), toolbar_new(session), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(side), problem_new(session), FALSE, FALSE, 0);
    if (session->host->notice) {
        GtkWidget *notice = gtk_label_new(session->host->notice);
        gtk_label_set_line_wrap(GTK_LABEL(notice), TRUE);
        gtk_label_set_xalign(GTK_LABEL(notice), 0);
        gtk_box_pack_start(GTK_BOX(side), notice, FALSE, FALSE, 0);
    }
    window->canvas = canvas_new(session);
    gtk_box_pack_start(GTK_BOX(side), waiting_over(session, window->canvas), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(side), strip_new(session), FALSE, FALSE, 0);
    return side;
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

static void set_style(void) {
    GtkCssProvider *provider = gtk_css_provider_new();
    gtk_css_provider_load_from_data(provider, STYLE, -1, NULL);
    gtk_style_context_add_provider_for_screen(gdk_screen_get_default(), GTK_STYLE_PROVIDER(provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    g_object_unref(provider);
}

static void set_title(const Window *window) {
    const Host *host = window->session->host;
    const char *name = mode_name(window->session->edit->mode);
    char *title = host->title ? g_strdup_printf("%s – %s", name, host->title) : g_strdup(name);
    gtk_window_set_title(GTK_WINDOW(window->widget), title);
    g_free(title);
}

static void build(Window *window) {
    GtkWidget *widget = window->widget = gtk_window_new(GTK_WINDOW_TOPLEVEL), *run = NULL;
    set_style();
    set_title(window);
    gtk_window_set_role(GTK_WINDOW(widget), "dragon");
    gtk_window_set_type_hint(GTK_WINDOW(widget), GDK_WINDOW_TYPE_HINT_DIALOG);
    set_default_size(GTK_WINDOW(widget));
    gtk_window_set_position(GTK_WINDOW(widget), GTK_WIN_POS_CENTER);
    g_signal_connect(widget, "delete-event", G_CALLBACK(deleted), window);
    g_signal_connect(widget, "focus-in-event", G_CALLBACK(focused), window);
    g_signal_connect(widget, "key-press-event", G_CALLBACK(key_pressed), window);
    GtkWidget *sides = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
    GtkWidget *all = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    gtk_box_pack_start(GTK_BOX(sides), left_side_new(window), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(sides), panel_new(window->session), FALSE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(all), sides, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(all), gtk_separator_new(GTK_ORIENTATION_HORIZONTAL), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(all), actions_new(window->session, &run), FALSE, FALSE, 0);
    gtk_container_add(GTK_CONTAINER(widget), all);
    gtk_window_set_default(GTK_WINDOW(widget), run);
    parent_set(widget, window->session->host->desktop(window->session->host).parent);
}

// --- Beginning and end -----------------------------------------------------------------------------------------------

static void begin(Window *window) {
    Session *session = window->session;
    const Mode *mode = session->edit->mode;
    window->loop = g_main_loop_new(NULL, FALSE);
    window->preview = preview_new(session);
    window->engine = engine_new();
    window->runs = runs_new(session, window->engine);
    window->finder = finder_new(session, window->engine);
    build(window);
    gtk_widget_show_all(window->widget);
    session_listen(session, listen, window);
    session_tell(session, ALL);
    objects_begin(session);
    // Without an object the first thing to do is to draw one.
    if (mode->mask == MASK_OBJECT && !session->material->mask)
        session_set_tool(session, TOOL_OUTLINE);
    gtk_widget_grab_focus(window->canvas);
}

gboolean window_run(Session *session) {
    Window window = {.session = session};
    begin(&window);
    g_main_loop_run(window.loop);
    preview_free(window.preview);
    runs_free(window.runs);
    gtk_widget_destroy(window.widget);
    // Not seen to wait.
    gdk_display_flush(gdk_display_get_default());
    finder_free(window.finder);
    engine_free(window.engine);
    g_main_loop_unref(window.loop);
    return window.inserts;
}
