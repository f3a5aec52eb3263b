/// Picture files as a host: the dialog without a program around it, for tests and for looking at it.
#ifndef PLUGIN_FILE_H
#define PLUGIN_FILE_H

#include "host.h"

typedef struct FileHost FileHost;

/// What is edited, and where the result goes.
typedef struct FileNames {
    const char *picture;
    /// White is selected. NULL for nothing.
    const char *selection;
    /// A picture to take from, and what of it. NULL for none.
    const char *reference;
    const char *reference_selection;
    const char *output;
    /// Where a selection goes that the dialog makes (PNG, white is selected). NULL: it can make none.
    const char *selected;
} FileNames;

/// NULL with a reason.
FileHost *file_open(const FileNames *names, GError **error);
Host *file_host(FileHost *file);
void file_close(FileHost *file);

#endif
