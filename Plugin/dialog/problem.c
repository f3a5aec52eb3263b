#include "problem.h"

#include "pieces.h"
#include "words.h"

typedef struct Problem {
    Session *session;
    GtkWidget *bar;
    GtkWidget *label;
} Problem;

static void show(const Problem *problem) {
    const Session *session = problem->session;
    const char *words = session->problem;
    if (!words && session->lacks_model)
        words = _("There is no model to run. Press “Add model…” on the right: a folder or a .safetensors file of "
                  "Stable Diffusion 1 or 2.");
    // The engine's messages begin small, for they may follow a program's name.
    char *text = words && *words ? g_strdup_printf("%c%s", g_ascii_toupper(*words), words + 1) : g_strdup("");
    gtk_label_set_text(GTK_LABEL(problem->label), text);
    gtk_widget_set_visible(problem->bar, words != NULL);
    g_free(text);
}

static void listen(guint events, void *data) {
    Problem *problem = data;
    // What follows a change may have no such problem.
    if (events & (SESSION_EDIT | SESSION_MODEL))
        session_set_problem(problem->session, NULL);
    if (events & (SESSION_PROBLEM | SESSION_MODEL))
        show(problem);
}

GtkWidget *problem_new(Session *session) {
    Problem *problem = g_new0(Problem, 1);
    problem->session = session;
    problem->bar = gtk_info_bar_new();
    problem->label = gtk_label_new(NULL);
    gtk_info_bar_set_message_type(GTK_INFO_BAR(problem->bar), GTK_MESSAGE_ERROR);
    gtk_label_set_line_wrap(GTK_LABEL(problem->label), TRUE);
    gtk_label_set_xalign(GTK_LABEL(problem->label), 0);
    gtk_container_add(GTK_CONTAINER(gtk_info_bar_get_content_area(GTK_INFO_BAR(problem->bar))), problem->label);
    gtk_widget_show(problem->label);
    gtk_widget_set_no_show_all(problem->bar, TRUE);
    pieces_own(problem->bar, problem);
    session_listen(session, listen, problem);
    return problem->bar;
}
