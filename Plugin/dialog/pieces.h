/// Small widgets that several parts are made of.
#ifndef PLUGIN_PIECES_H
#define PLUGIN_PIECES_H

#include <gtk/gtk.h>

/// Content under a caption that belongs to one widget of it, by mnemonic and for screen readers.
GtkWidget *pieces_captioned(const char *caption, GtkWidget *target, GtkWidget *content);

/// A line to write in, under a caption; `example` shows while it is empty.
GtkWidget *pieces_entry(const char *caption, const char *text, const char *example, GCallback changed, void *data);

/// Puts what was written in a line in place of a field's text.
void pieces_take_text(GtkWidget *entry, char **field);

/// A line of text that wraps within the panel.
GtkWidget *pieces_text(const char *text);

/// A choice of texts, which may be longer than the panel is wide.
GtkWidget *pieces_choice(void);

/// A button with a mnemonic; `clicked` is given the data first. Tooltip and `clicked` may be NULL.
GtkWidget *pieces_button(const char *label, const char *tooltip, GCallback clicked, gpointer data);

/// The wheel over the widget scrolls what it stands in, instead of changing the value.
void pieces_pass_wheel(GtkWidget *widget);

/// Frees a part's own struct with its widget.
void pieces_own(GtkWidget *widget, gpointer part);

#endif
