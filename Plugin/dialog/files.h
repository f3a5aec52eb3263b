/// Asking for a file or a folder.
#ifndef PLUGIN_FILES_H
#define PLUGIN_FILES_H

#include <gtk/gtk.h>

/// A chooser that begins in a folder; NULL for the user's own. `widget`: one of the window that it stands before.
GtkWidget *files_chooser(GtkWidget *widget, GtkFileChooserAction action, const char *title, const char *accept,
                         const char *folder);

/// Runs and destroys a chooser; NULL where nothing was chosen.
char *files_choose(GtkWidget *chooser);

#endif
