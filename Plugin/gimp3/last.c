#include "last.h"

#include <stdlib.h>
#include <string.h>
#include "procedures.h"

// Parasites of GIMP itself, which do not persist: they go with it.

static char *parasite_name(const Mode *mode, const char *what) {
    return g_strdup_printf("plug-in-dragon-%s%s", mode->key, what);
}

static void keep(const Mode *mode, const char *what, const char *text) {
    char *name = parasite_name(mode, what);
    GimpParasite *parasite = gimp_parasite_new(name, 0, (guint32)strlen(text) + 1, text);
    gimp_attach_parasite(parasite);
    gimp_parasite_free(parasite);
    g_free(name);
}

// NULL where nothing was kept.
static char *kept(const Mode *mode, const char *what) {
    char *name = parasite_name(mode, what), *text = NULL;
    GimpParasite *parasite = gimp_get_parasite(name);
    if (parasite) {
        guint32 size = 0;
        const char *data = gimp_parasite_get_data(parasite, &size);
        text = g_strndup(data, size);
        gimp_parasite_free(parasite);
    }
    g_free(name);
    return text;
}

void last_remember(Host *host, const Edit *edit, HostLayer *reference) {
    Gimp *gimp = (Gimp *)host;
    GimpLayer *layer = reference ? reference->layer : NULL;
    char *text = edit_to_text(edit);
    char *number = g_strdup_printf("%d", layer && layer_is_open(layer) ? gimp_item_get_id(GIMP_ITEM(layer)) : -1);
    keep(edit->mode, "", text);
    keep(edit->mode, "-reference", number);
    procedures_write(edit->mode, gimp->config, text);
    g_free(number);
    g_free(text);
}

void last_recall(Host *host, Edit *edit) {
    Call call = {0};
    char *text = kept(edit->mode, "");
    if (text)
        edit_set_text(edit, text, NULL);
    else
        procedures_read((Gimp *)host, edit, &call, NULL);
    g_free(text);
}

HostLayer *last_reference(Host *host, const Mode *mode) {
    Gimp *gimp = (Gimp *)host;
    if (!mode_takes(mode, ARGUMENT_REFERENCE))
        return NULL;
    char *number = kept(mode, "-reference");
    int id = number ? atoi(number) : -1;
    g_free(number);
    if (id != -1 && gimp_item_id_is_layer(id))
        return host_layer_of(gimp, gimp_layer_get_by_id(id));
    return procedures_reference(gimp);
}

// --- Of an image -----------------------------------------------------------------------------------------------------

void last_remember_on_image(Host *host, const Edit *edit) {
    GimpImage *image = ((Gimp *)host)->image;
    if (!gimp_image_is_valid(image))
        return;
    char *name = parasite_name(edit->mode, ""), *text = edit_to_text(edit);
    // No step of undoing: who takes an edit back wants its words again.
    GimpParasite *parasite = gimp_parasite_new(name, GIMP_PARASITE_PERSISTENT, (guint32)strlen(text) + 1, text);
    gimp_image_attach_parasite(image, parasite);
    gimp_parasite_free(parasite);
    g_free(name);
    g_free(text);
}

gboolean last_recall_from_image(Host *host, Edit *edit) {
    char *name = parasite_name(edit->mode, "");
    GimpParasite *parasite = gimp_image_get_parasite(((Gimp *)host)->image, name);
    g_free(name);
    if (!parasite)
        return FALSE;
    guint32 size = 0;
    const char *data = gimp_parasite_get_data(parasite, &size);
    char *text = g_strndup(data, size);
    edit_set_text(edit, text, NULL);
    g_free(text);
    gimp_parasite_free(parasite);
    return TRUE;
}
