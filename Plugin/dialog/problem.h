/// The bar that tells what went wrong, until something is changed.
#ifndef PLUGIN_PROBLEM_H
#define PLUGIN_PROBLEM_H

#include "session.h"

GtkWidget *problem_new(Session *session);

#endif
