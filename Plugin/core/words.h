/// Translated text, and errors that carry it.
#ifndef PLUGIN_WORDS_H
#define PLUGIN_WORDS_H

#include <glib.h>
#include <libintl.h>

#define WORDS_DOMAIN "dragon-gimp"
#define _(text) dgettext(WORDS_DOMAIN, text)
#define N_(text) text

/// All errors of the plug-in: a sentence for people.
#define WORDS_ERROR g_quark_from_static_string(WORDS_DOMAIN)
#define WORDS_ERROR_CANCELLED 1

#endif
