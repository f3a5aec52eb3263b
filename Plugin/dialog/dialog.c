// Brings GIMP's image to the window, and the window's result to GIMP.
#include "dialog.h"

#include <string.h>
#include <unistd.h>
#include <gtk/gtk.h>
#include <libgimp/gimp.h>
#include "batch.h"
#include "window.h"
#include "words.h"

// GIMP's own windows are of GTK 2: a theme of theirs says nothing to ours but whether it is dark.
static void follow_theme(void) {
    char *theme = gimp_gimprc_query("theme");
    g_object_set(gtk_settings_get_default(), "gtk-application-prefer-dark-theme", theme && strstr(theme, "Dark"), NULL);
    g_free(theme);
}

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
    if (gtk_init_check(NULL, NULL)) {
        follow_theme();
        return TRUE;
    }
    g_set_error_literal(error, WORDS_ERROR, 0, _("There is no display for the dialog. Scripts run without one."));
    return FALSE;
}

// What the window shows, as GIMP knows it.
typedef struct Show {
    const Host *host;
    Edit *edit;
    guint64 selection;
    DialogInput input;
    /// Of HostLayer, and a Source of each.
    GPtrArray *layers;
    GPtrArray *sources;
    /// Of gint32: opened for the dialog alone.
    GArray *images;
} Show;

typedef struct Source {
    const Show *show;
    gint32 layer;
    guint64 selection;
} Source;

// --- What the window asks for ----------------------------------------------------------------------------------------

static Mask *object_of(const Source *source, const Picture *picture) {
    // What is drawn in the window is the window's.
    Edit *edit = edit_copy(source->show->edit);
    g_array_set_size(edit->reference_outline, 0);
    Mask *mask = host_reference_mask(source->show->host, edit, source->layer, picture);
    edit_free(edit);
    return mask;
}

static gboolean load(void *data, Picture **picture, Mask **object, GError **error) {
    Source *source = data;
    if (!gimp_item_is_valid(source->layer)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("That layer was closed in the meantime."));
        return FALSE;
    }
    *picture = host_picture(source->layer, error);
    if (!*picture)
        return FALSE;
    host_selection_changed(source->layer, &source->selection);
    *object = object_of(source, *picture);
    return TRUE;
}

// A layer whose size was changed no longer fits the pixels that were read.
static gboolean keep_fitting(Mask *found, const Picture *picture, Mask **object) {
    gboolean fits = !found || (found->width == picture->width && found->height == picture->height);
    if (fits)
        *object = found;
    else
        mask_free(found);
    return fits;
}

static gboolean look_at_source(void *data, const Picture *picture, Mask **object) {
    Source *source = data;
    return host_selection_changed(source->layer, &source->selection) &&
           keep_fitting(object_of(source, picture), picture, object);
}

static gboolean look_at_layer(void *data, const Picture *picture, Mask **object) {
    Show *show = data;
    return host_selection_changed(show->host->layer, &show->selection) &&
           keep_fitting(host_selection(show->host), picture, object);
}

static void append_sources(Show *show, guint first) {
    for (guint i = first; i < show->layers->len; i++) {
        const HostLayer *layer = g_ptr_array_index(show->layers, i);
        Source *place = g_new0(Source, 1);
        *place = (Source){show, layer->id, 0};
        g_ptr_array_add(show->sources, place);
        DialogSource source = {layer->name, load, look_at_source, place};
        g_array_append_val(show->input.sources, source);
    }
}

static gboolean open_file(void *data, const char *path, GError **error) {
    Show *show = data;
    guint first = show->layers->len;
    gint32 image = host_open_file(path, error);
    if (image == -1)
        return FALSE;
    g_array_append_val(show->images, image);
    host_append_layers(show->host, image, show->layers);
    append_sources(show, first);
    return TRUE;
}

// --- Before and after ------------------------------------------------------------------------------------------------

static const char *notice_of(gint32 image) {
    if (gimp_image_base_type(image) == GIMP_INDEXED)
        return _("This image has a palette: inserting a result converts it to RGB, in one step with the new layer.");
    return NULL;
}

// Where an object to paste goes at first: the end of the path, or the picture's middle.
static void place_paste(Source *source, Edit *edit, const Material *material) {
    const Call call = {.reference = -1};
    Material with_reference = *material;
    if (load(source, &with_reference.reference, &with_reference.reference_mask, NULL))
        batch_take_path(source->show->host, edit, &with_reference, &call);
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

// The folder of the image's file; NULL where it has none.
static char *folder_of(gint32 image) {
    char *path = gimp_image_get_filename(image), *folder = path ? g_path_get_dirname(path) : NULL;
    g_free(path);
    return folder;
}

static Show *show_new(const Host *host, Edit *edit, Material *material) {
    Show *show = g_new0(Show, 1);
    show->host = host;
    show->edit = edit;
    show->layers = host_layers(host);
    show->sources = g_ptr_array_new_with_free_func(g_free);
    show->images = g_array_new(FALSE, FALSE, sizeof(gint32));
    show->input = (DialogInput){.edit = edit,
                                .material = material,
                                .look = look_at_layer,
                                .sources = g_array_new(FALSE, FALSE, sizeof(DialogSource)),
                                .open = open_file,
                                .folder = folder_of(host->image),
                                .data = show,
                                .notice = notice_of(host->image),
                                .parent = gimp_progress_get_window_handle()};
    host_selection_changed(host->layer, &show->selection);
    append_sources(show, 0);
    return show;
}

static void show_free(Show *show) {
    for (guint i = 0; i < show->images->len; i++)
        gimp_image_delete(g_array_index(show->images, gint32, i));
    g_array_unref(show->images);
    g_array_unref(show->input.sources);
    g_ptr_array_unref(show->sources);
    g_ptr_array_unref(show->layers);
    g_free((char *)show->input.folder);
    g_free(show);
}

// The source that the window begins with: the last one while it is open, else the first.
static void choose_source(Show *show) {
    gint32 last = host_last_reference(show->edit);
    for (guint i = 0; i < show->sources->len; i++)
        if (((Source *)g_ptr_array_index(show->sources, i))->layer == last)
            show->input.source = i;
    if (show->edit->mode == DRAGON_PASTE && show->sources->len)
        place_paste(g_ptr_array_index(show->sources, show->input.source), show->edit, show->input.material);
}

static gint32 run(Show *show, gint32 *reference, GError **error) {
    dragon_result *result = NULL;
    gint32 inserted = -1;
    guint watch = g_timeout_add_seconds(1, watch_parent, GINT_TO_POINTER(getppid()));
    if (window_run(&show->input, &result)) {
        inserted = host_insert(show->host, show->edit, show->input.material, result, error);
        if (show->input.source < show->sources->len)
            *reference = ((Source *)g_ptr_array_index(show->sources, show->input.source))->layer;
        dragon_result_free(result);
    }
    g_source_remove(watch);
    return inserted;
}

gint32 dialog_run(const Host *host, Edit *edit, gint32 *reference, GError **error) {
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
        Show *show = show_new(host, edit, &material);
        choose_source(show);
        inserted = run(show, reference, error);
        show_free(show);
    }
    material_clear(&material);
    return inserted;
}
