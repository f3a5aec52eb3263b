/// The choice of models, and the adding of others.
#ifndef PLUGIN_MODELS_H
#define PLUGIN_MODELS_H

#include "session.h"

GtkWidget *models_new(Session *session);

#endif
