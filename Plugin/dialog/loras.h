/// The choice of a LoRA, which changes the model.
#ifndef PLUGIN_LORAS_H
#define PLUGIN_LORAS_H

#include "session.h"

GtkWidget *loras_new(Session *session);

#endif
