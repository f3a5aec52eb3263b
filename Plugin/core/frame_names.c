#include "frame_names.h"

#include <string.h>

static const char REPLACE[] = "(replace)", COMBINE[] = "(combine)";

// Where a name holds a word, in letters of either case; NULL where it does not.
static const char *found_in(const char *name, const char *word) {
    for (; *name; name++)
        if (g_ascii_strncasecmp(name, word, strlen(word)) == 0)
            return name;
    return NULL;
}

// Such as "(100ms)".
static gboolean has_delay(const char *name) {
    for (const char *open = strchr(name, '('); open; open = strchr(open + 1, '(')) {
        gsize digits = strspn(open + 1, "0123456789");
        gsize blanks = strspn(open + 1 + digits, " ");
        if (digits && g_ascii_strncasecmp(open + 1 + digits + blanks, "ms)", 3) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean frame_name_tells(const char *name) {
    return found_in(name, REPLACE) || found_in(name, COMBINE) || has_delay(name);
}

gboolean frame_name_replaces(const char *name) {
    return found_in(name, REPLACE) != NULL;
}

// Takes a word out of a name, with the blanks before it.
static void take_out(GString *name, const char *word) {
    const char *at;
    while ((at = found_in(name->str, word))) {
        gssize from = at - name->str, end = from + (gssize)strlen(word);
        while (from > 0 && name->str[from - 1] == ' ')
            from--;
        g_string_erase(name, from, end - from);
    }
}

char *frame_name_alone(const char *name) {
    GString *whole = g_string_new(name);
    take_out(whole, REPLACE);
    take_out(whole, COMBINE);
    if (whole->len)
        g_string_append_c(whole, ' ');
    g_string_append(whole, REPLACE);
    return g_string_free(whole, FALSE);
}
