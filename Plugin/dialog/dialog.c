// Brings GIMP's image to the window, and the window's result to GIMP.
#include "dialog.h"

#include <unistd.h>
#include <gtk/gtk.h>
#include <libgimp/gimp.h>
#include "batch.h"
#include "window.h"
#include "words.h"

// GTK 3 by hand: libgimpui would bring GTK 2 into the process.
static gboolean begin_gtk(GError **error) {
    gdk_set_allowed_backends("x11");
    const char *display = gimp_display_name();
    if (display && display[0])
        g_setenv("DISPLAY", display, TRUE);
    // Modules of GTK 2 that the environment may name.
    g_unsetenv("GTK_MODULES");
    g_set_prgname("dragon-gimp");
    gdk_set_program_class(gimp_wm_class());
    if (gtk_init_check(NULL, NULL))
        return TRUE;
    g_set_error_literal(error, WORDS_ERROR, 0, _("There is no display for the dialog. Scripts run without one."));
    return FALSE;
}

typedef struct Source {
    const Host *host;
    const Edit *edit;
    gint32 layer;
} Source;

static gboolean load(void *data, Picture **picture, Mask **object) {
    const Source *source = data;
    // What is drawn in the window is the window's.
    Edit *edit = edit_copy(source->edit);
    g_array_set_size(edit->reference_outline, 0);
    *picture = host_picture(source->layer, NULL);
    *object = *picture ? host_reference_mask(source->host, edit, source->layer, *picture) : NULL;
    edit_free(edit);
    return *picture != NULL;
}

static const char *notice_of(gint32 image) {
    if (gimp_image_base_type(image) == GIMP_INDEXED)
        return _("This image has a palette: inserting a result converts it to RGB, in one step with the new layer.");
    return NULL;
}

// Where an object to paste goes at first: the end of the path, or the picture's middle.
static void place_paste(Source *source, Edit *edit, const Material *material) {
    const Call call = {.reference = -1};
    Material with_reference = *material;
    if (load(source, &with_reference.reference, &with_reference.reference_mask))
        batch_take_path(source->host, edit, &with_reference, &call);
    picture_free(with_reference.reference);
    mask_free(with_reference.reference_mask);
}

// A dialog that outlives GIMP could insert nothing, and would keep the model's memory.
static gboolean watch_parent(gpointer parent) {
    if (getppid() != GPOINTER_TO_INT(parent))
        _exit(1);
    return G_SOURCE_CONTINUE;
}

static gboolean read_picture(const Host *host, Material *material, GError **error) {
    material->picture = host_picture(host->layer, error);
    material->mask = material->picture ? host_selection(host) : NULL;
    return material->picture != NULL;
}

// The window, with the layers that can be taken from; the new layer, or -1.
static gint32 show(const Host *host, Edit *edit, Material *material, GError **error) {
    GPtrArray *layers = mode_needs_reference(edit->mode) ? host_layers(host) : g_ptr_array_new();
    Source *places = g_new0(Source, layers->len + 1);
    DialogSource *sources = g_new0(DialogSource, layers->len + 1);
    gint32 last = host_last_reference(edit);
    DialogInput input = {.edit = edit,
                         .material = material,
                         .sources = sources,
                         .source_count = layers->len,
                         .notice = notice_of(host->image),
                         .parent = gimp_progress_get_window_handle()};
    for (guint i = 0; i < layers->len; i++) {
        const HostLayer *layer = g_ptr_array_index(layers, i);
        places[i] = (Source){host, edit, layer->id};
        sources[i] = (DialogSource){layer->name, load, &places[i]};
        if (layer->id == last)
            input.source = i;
    }
    if (edit->mode == DRAGON_PASTE && input.source < layers->len)
        place_paste(&places[input.source], edit, material);
    dragon_result *result = NULL;
    gint32 inserted = -1;
    guint watch = g_timeout_add_seconds(1, watch_parent, GINT_TO_POINTER(getppid()));
    if (window_run(&input, &result)) {
        inserted = host_insert(host, edit, material, result, error);
        if (inserted != -1 && input.source < layers->len)
            host_remember(edit, places[input.source].layer);
        dragon_result_free(result);
    }
    g_source_remove(watch);
    g_free(sources);
    g_free(places);
    g_ptr_array_unref(layers);
    return inserted;
}

gint32 dialog_run(const Host *host, Edit *edit, GError **error) {
    Material material = {0};
    gint32 inserted = -1;
    if (begin_gtk(error) && read_picture(host, &material, error)) {
        const Call call = {.reference = -1};
        // The window shows this picture: outlines and arrows of another one mean nothing here.
        g_array_set_size(edit->outline, 0);
        g_array_set_size(edit->reference_outline, 0);
        g_array_set_size(edit->arrows, 0);
        edit->displacement = (dragon_point){0};
        batch_take_path(host, edit, &material, &call);
        inserted = show(host, edit, &material, error);
    }
    material_clear(&material);
    return inserted;
}
