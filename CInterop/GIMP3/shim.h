// libgimp without libgimpui: the dialog is of GTK alone.
#include <libgimp/gimp.h>
