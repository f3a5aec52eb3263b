#include "last.h"

#include <string.h>
#include <libgimp/gimp.h>

static char *data_key(const Mode *mode, const char *what) {
    return g_strdup_printf("plug-in-dragon-%s%s", mode->key, what);
}

void last_remember(Host *host, const Edit *edit, HostLayer *reference) {
    (void)host;
    char *key = data_key(edit->mode, ""), *reference_key = data_key(edit->mode, "-reference");
    char *text = edit_to_text(edit);
    gint32 id = reference ? reference->id : -1;
    gimp_set_data(key, text, strlen(text) + 1);
    gimp_set_data(reference_key, &id, sizeof id);
    g_free(key);
    g_free(reference_key);
    g_free(text);
}

void last_recall(Host *host, Edit *edit) {
    (void)host;
    char *key = data_key(edit->mode, "");
    gint size = gimp_get_data_size(key);
    if (size > 0) {
        char *text = g_malloc0(size + 1);
        gimp_get_data(key, text);
        edit_set_text(edit, text, NULL);
        g_free(text);
    }
    g_free(key);
}

HostLayer *last_reference(Host *host, const Mode *mode) {
    gint32 id = -1;
    char *key = data_key(mode, "-reference");
    if (gimp_get_data_size(key) == sizeof id)
        gimp_get_data(key, &id);
    g_free(key);
    return id != -1 && gimp_item_is_valid(id) ? gimp_layer_of((Gimp *)host, id) : NULL;
}

// --- Of an image -----------------------------------------------------------------------------------------------------

void last_remember_on_image(Host *host, const Edit *edit) {
    gint32 image = ((Gimp *)host)->image;
    if (!gimp_image_is_valid(image))
        return;
    char *name = data_key(edit->mode, ""), *text = edit_to_text(edit);
    // No step of undoing: who takes an edit back wants its words again.
    GimpParasite *parasite = gimp_parasite_new(name, GIMP_PARASITE_PERSISTENT, (guint32)strlen(text) + 1, text);
    gimp_image_attach_parasite(image, parasite);
    gimp_parasite_free(parasite);
    g_free(name);
    g_free(text);
}

gboolean last_recall_from_image(Host *host, Edit *edit) {
    char *name = data_key(edit->mode, "");
    GimpParasite *parasite = gimp_image_get_parasite(((Gimp *)host)->image, name);
    g_free(name);
    if (!parasite)
        return FALSE;
    char *text = g_strndup(gimp_parasite_data(parasite), gimp_parasite_data_size(parasite));
    edit_set_text(edit, text, NULL);
    g_free(text);
    gimp_parasite_free(parasite);
    return TRUE;
}
