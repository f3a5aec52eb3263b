/// Where an object or an appearance is taken from: what is open, or a file.
#ifndef PLUGIN_SOURCES_H
#define PLUGIN_SOURCES_H

#include "session.h"

GtkWidget *sources_new(Session *session);

#endif
