// libgimp without libgimpui, which would bring GTK 2 into the process.
#include <libgimp/gimp.h>
