#include "file.h"

#include <string.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include "engine.h"
#include "words.h"

struct HostLayer {
    char *name;
    Picture *picture;
    Mask *selection;
};

struct FileHost {
    /// First: a Host is a FileHost.
    Host host;
    char *output;
    char *selected;
    /// Of HostLayer: the picture, then what can be taken from.
    GPtrArray *layers;
};

// --- Reading and writing ---------------------------------------------------------------------------------------------

static Picture *picture_of(const GdkPixbuf *pixbuf) {
    GdkPixbuf *opaque = gdk_pixbuf_add_alpha(pixbuf, FALSE, 0, 0, 0);
    int width = gdk_pixbuf_get_width(opaque), height = gdk_pixbuf_get_height(opaque);
    Picture *picture = picture_new(width, height, DRAGON_RGBA_U8);
    for (int y = 0; y < height; y++)
        memcpy((guint8 *)picture->pixels + (gsize)y * width * 4,
               gdk_pixbuf_read_pixels(opaque) + (gsize)y * gdk_pixbuf_get_rowstride(opaque), (gsize)width * 4);
    g_object_unref(opaque);
    return picture;
}

static Picture *read_file(const char *path, GError **error) {
    GdkPixbuf *pixbuf = gdk_pixbuf_new_from_file(path, error);
    GdkPixbuf *upright = pixbuf ? gdk_pixbuf_apply_embedded_orientation(pixbuf) : NULL;
    Picture *picture = upright ? picture_of(upright) : NULL;
    g_clear_object(&upright);
    g_clear_object(&pixbuf);
    return picture;
}

// Of the picture's size, white being set; NULL for no file.
static gboolean read_mask(const char *path, const Picture *picture, Mask **mask, GError **error) {
    *mask = NULL;
    if (!path)
        return TRUE;
    Picture *white = read_file(path, error);
    if (!white)
        return FALSE;
    gboolean fits = white->width == picture->width && white->height == picture->height;
    if (fits) {
        *mask = mask_new(white->width, white->height);
        for (gsize i = 0; i < (gsize)white->width * white->height; i++)
            (*mask)->bytes[i] = ((const guint8 *)white->pixels)[i * 4];
    } else
        g_set_error(error, WORDS_ERROR, 0, "%s is not of the picture's size.", path);
    picture_free(white);
    return fits;
}

static void free_layer(gpointer data) {
    HostLayer *layer = data;
    g_free(layer->name);
    picture_free(layer->picture);
    mask_free(layer->selection);
    g_free(layer);
}

static HostLayer *add_layer(FileHost *file, const char *path, const char *selection, GError **error) {
    HostLayer *layer = g_new0(HostLayer, 1);
    layer->name = g_path_get_basename(path);
    layer->picture = read_file(path, error);
    if (!layer->picture || !read_mask(selection, layer->picture, &layer->selection, error)) {
        free_layer(layer);
        return NULL;
    }
    g_ptr_array_add(file->layers, layer);
    return layer;
}

// Who waits for the file never finds half of it.
static gboolean write_file(const Picture *picture, const char *path, GError **error) {
    GdkPixbuf *pixbuf = gdk_pixbuf_new_from_data(picture->pixels, GDK_COLORSPACE_RGB, TRUE, 8, picture->width,
                                                 picture->height, picture->width * 4, NULL, NULL);
    char *part = g_strconcat(path, ".part", NULL);
    gboolean good = gdk_pixbuf_save(pixbuf, part, "png", error, NULL);
    if (good && g_rename(part, path) != 0) {
        g_set_error(error, WORDS_ERROR, 0, "%s cannot be written.", path);
        good = FALSE;
    }
    g_free(part);
    g_object_unref(pixbuf);
    return good;
}

// --- What is asked of it ---------------------------------------------------------------------------------------------

static HostDesktop desktop(Host *host) {
    (void)host;
    return (HostDesktop){.is_dark = g_getenv("DRAGON_DARK") != NULL};
}

static gboolean is_open(Host *host, HostLayer *layer) {
    (void)host;
    return layer != NULL;
}

static Picture *read_picture(Host *host, HostLayer *layer, GError **error) {
    (void)host;
    (void)error;
    return picture_copy(layer->picture);
}

static Mask *read_selection(Host *host, HostLayer *layer) {
    (void)host;
    return mask_copy(layer->selection);
}

static Mask *read_layer_mask(Host *host, HostLayer *layer) {
    (void)host;
    (void)layer;
    return NULL;
}

static gboolean shares_selection(Host *host, HostLayer *layer) {
    return layer == host->base;
}

static gboolean selection_changed(Host *host, HostLayer *layer, guint64 *stamp) {
    (void)host;
    (void)layer;
    (void)stamp;
    return FALSE;
}

static gboolean select_mask(Host *host, HostLayer *layer, const Mask *mask, GError **error) {
    (void)layer;
    Picture *white = picture_new(mask->width, mask->height, DRAGON_RGBA_U8);
    for (gsize i = 0; i < (gsize)mask->width * (gsize)mask->height; i++) {
        guint8 value = mask->bytes[i];
        memcpy((guint8 *)white->pixels + i * 4, (guint8[]){value, value, value, 255}, 4);
    }
    gboolean good = write_file(white, ((FileHost *)host)->selected, error);
    picture_free(white);
    return good;
}

static GArray *read_arrows(Host *host, gboolean ends) {
    (void)host;
    (void)ends;
    return g_array_new(FALSE, FALSE, sizeof(Arrow));
}

static GPtrArray *list_layers(Host *host) {
    FileHost *file = (FileHost *)host;
    GPtrArray *layers = g_ptr_array_new();
    for (guint i = 1; i < file->layers->len; i++)
        g_ptr_array_add(layers, g_ptr_array_index(file->layers, i));
    return layers;
}

static const char *layer_name(Host *host, HostLayer *layer) {
    (void)host;
    return layer->name;
}

static gboolean open_file(Host *host, const char *path, GPtrArray *layers, GError **error) {
    HostLayer *layer = add_layer((FileHost *)host, path, NULL, error);
    if (layer)
        g_ptr_array_add(layers, layer);
    return layer != NULL;
}

static HostLayer *insert(Host *host, const Edit *edit, const Material *material, dragon_result *result,
                         GError **error) {
    (void)edit;
    Picture *edited = engine_result_over(material->picture, result, 1);
    gboolean good = write_file(edited, ((FileHost *)host)->output, error);
    picture_free(edited);
    return good ? host->base : NULL;
}

// Nothing is kept from one call to the next.
static void remember(Host *host, const Edit *edit, HostLayer *reference) {
    (void)host;
    (void)edit;
    (void)reference;
}

static void recall(Host *host, Edit *edit) {
    (void)host;
    (void)edit;
}

static HostLayer *last_reference(Host *host, const Mode *mode) {
    (void)host;
    (void)mode;
    return NULL;
}

static void remember_on_image(Host *host, const Edit *edit) {
    (void)host;
    (void)edit;
}

static gboolean recall_from_image(Host *host, Edit *edit) {
    (void)host;
    (void)edit;
    return FALSE;
}

// The dialog shows its own.
static void begin_progress(Host *host, const char *words) {
    (void)host;
    (void)words;
}

static void show_progress(Host *host, double fraction) {
    (void)host;
    (void)fraction;
}

static void end_progress(Host *host) {
    (void)host;
}

// --- Beginning and end -----------------------------------------------------------------------------------------------

FileHost *file_open(const FileNames *names, GError **error) {
    FileHost *file = g_new0(FileHost, 1);
    file->output = g_strdup(names->output);
    file->selected = g_strdup(names->selected);
    file->layers = g_ptr_array_new_with_free_func(free_layer);
    file->host = (Host){.base = add_layer(file, names->picture, names->selection, error),
                        .title = g_path_get_basename(names->picture),
                        .folder = g_path_get_dirname(names->picture),
                        .desktop = desktop,
                        .is_open = is_open,
                        .read_picture = read_picture,
                        .read_selection = read_selection,
                        .read_layer_mask = read_layer_mask,
                        .shares_selection = shares_selection,
                        .selection_changed = selection_changed,
                        .select = names->selected ? select_mask : NULL,
                        .read_arrows = read_arrows,
                        .list_layers = list_layers,
                        .layer_name = layer_name,
                        .open_file = open_file,
                        .insert = insert,
                        .remember = remember,
                        .recall = recall,
                        .last_reference = last_reference,
                        .remember_on_image = remember_on_image,
                        .recall_from_image = recall_from_image,
                        .begin_progress = begin_progress,
                        .show_progress = show_progress,
                        .end_progress = end_progress};
    if (!file->host.base ||
        (names->reference && !add_layer(file, names->reference, names->reference_selection, error))) {
        file_close(file);
        return NULL;
    }
    return file;
}

Host *file_host(FileHost *file) {
    return &file->host;
}

void file_close(FileHost *file) {
    g_ptr_array_unref(file->layers);
    g_free(file->host.title);
    g_free(file->host.folder);
    g_free(file->output);
    g_free(file->selected);
    g_free(file);
}
