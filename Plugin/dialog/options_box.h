/// The numbers that tune the edit: the model's own until the user changes one.
#ifndef PLUGIN_OPTIONS_BOX_H
#define PLUGIN_OPTIONS_BOX_H

#include "session.h"

GtkWidget *options_box_new(Session *session);

#endif
