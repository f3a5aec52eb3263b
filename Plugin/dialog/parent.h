/// Standing before a window of another process. Apart, for X11's names (Mask, Screen) are ours too.
#ifndef PLUGIN_PARENT_H
#define PLUGIN_PARENT_H

#include <gtk/gtk.h>

/// Keeps the window before an X window; 0 or another window system changes nothing.
void parent_set(GtkWidget *window, guint32 parent);

#endif
