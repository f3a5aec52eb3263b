// GTK 3, its header behind the name that the module map expects.
#include <gtk/gtk.h>
