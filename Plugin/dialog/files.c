#include "files.h"

#include "words.h"

GtkWidget *files_chooser(GtkWidget *widget, GtkFileChooserAction action, const char *title, const char *accept,
                         const char *folder) {
    GtkWidget *chooser =
        gtk_file_chooser_dialog_new(title, GTK_WINDOW(gtk_widget_get_toplevel(widget)), action, _("_Cancel"),
                                    GTK_RESPONSE_CANCEL, accept, GTK_RESPONSE_ACCEPT, NULL);
    // Not the recent files, where GTK begins otherwise: it chooses no typed folder there.
    gtk_file_chooser_set_current_folder(GTK_FILE_CHOOSER(chooser), folder ? folder : g_get_home_dir());
    gtk_dialog_set_default_response(GTK_DIALOG(chooser), GTK_RESPONSE_ACCEPT);
    return chooser;
}

char *files_choose(GtkWidget *chooser) {
    char *path = NULL;
    if (gtk_dialog_run(GTK_DIALOG(chooser)) == GTK_RESPONSE_ACCEPT)
        path = gtk_file_chooser_get_filename(GTK_FILE_CHOOSER(chooser));
    gtk_widget_destroy(chooser);
    // Reading what was chosen may take a while: what the chooser covered is drawn before.
    gdk_display_sync(gdk_display_get_default());
    while (gtk_events_pending())
        gtk_main_iteration();
    return path;
}
