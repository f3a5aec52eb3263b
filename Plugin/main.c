#include <libgimp/gimp.h>
#include <gtk/gtk.h>
#include "dragon.h"

static void query(void) {
    dragon_abi_version();
}

const GimpPlugInInfo PLUG_IN_INFO = {NULL, NULL, query, NULL};

MAIN()
