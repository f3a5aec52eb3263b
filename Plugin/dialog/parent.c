#include "parent.h"

#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#endif

void parent_set(GtkWidget *window, guint32 parent) {
#ifdef GDK_WINDOWING_X11
    GdkDisplay *display = gtk_widget_get_display(window);
    if (!parent || !GDK_IS_X11_DISPLAY(display))
        return;
    GdkWindow *other = gdk_x11_window_foreign_new_for_display(display, parent);
    gtk_widget_realize(window);
    if (other)
        gdk_window_set_transient_for(gtk_widget_get_window(window), other);
#else
    (void)window;
    (void)parent;
#endif
}
