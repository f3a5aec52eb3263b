#include "opening.h"

#include <string.h>
#include "animation.h"
#include "last.h"
#include "layers.h"
#include "path.h"
#include "pixels.h"
#include "result.h"
#include "selection.h"
#include "stack.h"
#include "words.h"

// --- The layer -------------------------------------------------------------------------------------------------------

// Why a call's drawables are no layer that can be edited; NULL where they are one, or the mask of one.
static const char *problem_of(GimpImage *image, GimpDrawable **drawables) {
    if (!image || !gimp_image_is_valid(image) || !drawables || !drawables[0])
        return _("There is no such image or layer.");
    if (drawables[1])
        return _("Several layers are selected: choose the one to edit.");
    GimpDrawable *drawable = drawables[0];
    if (!(GIMP_IS_LAYER(drawable) || GIMP_IS_LAYER_MASK(drawable)) || gimp_item_get_image(GIMP_ITEM(drawable)) != image)
        return _("Choose a layer of the image: channels cannot be edited.");
    return gimp_image_get_floating_sel(image) ? _("Anchor the floating selection first.") : NULL;
}

static GimpLayer *layer_of(GimpImage *image, GimpDrawable **drawables, GError **error) {
    const char *problem = problem_of(image, drawables);
    if (problem) {
        g_set_error_literal(error, WORDS_ERROR, 0, problem);
        return NULL;
    }
    GimpDrawable *drawable = drawables[0];
    return GIMP_IS_LAYER_MASK(drawable) ? gimp_layer_from_mask(GIMP_LAYER_MASK(drawable)) : GIMP_LAYER(drawable);
}

// The number of GIMP's window; 0 where it has none that X knows.
static guint32 parent_window(void) {
    GBytes *handle = gimp_progress_get_window_handle();
    gsize size = 0;
    const void *data = handle ? g_bytes_get_data(handle, &size) : NULL;
    guint32 number = 0;
    // Wayland's are texts.
    if (data && (size == sizeof(guint32) || size == sizeof(guint64)))
        memcpy(&number, data, sizeof number);
    g_clear_pointer(&handle, g_bytes_unref);
    return number;
}

static HostDesktop desktop(Host *host) {
    (void)host;
    char *scheme = gimp_gimprc_query("theme-color-scheme");
    const char *display = gimp_display_name();
    HostDesktop found = {display && strchr(display, ':') ? display : NULL, gimp_wm_class(), parent_window(),
                         scheme && strcmp(scheme, "light") != 0};
    g_free(scheme);
    return found;
}

// The folder of the image's file; NULL where it has none.
static char *folder_of(GimpImage *image) {
    GFile *file = gimp_image_get_file(image);
    char *path = file ? g_file_get_path(file) : NULL, *folder = path ? g_path_get_dirname(path) : NULL;
    g_free(path);
    g_clear_object(&file);
    return folder;
}

// --- Progress --------------------------------------------------------------------------------------------------------

static void begin_progress(Host *host, const char *words) {
    (void)host;
    gimp_progress_init(words);
}

static void show_progress(Host *host, double fraction) {
    (void)host;
    gimp_progress_update(fraction);
}

static void end_progress(Host *host) {
    (void)host;
    gimp_progress_end();
}

// --- Beginning and end -----------------------------------------------------------------------------------------------

Gimp *opening_new(GimpImage *image, GimpDrawable **drawables, GimpProcedureConfig *config, GError **error) {
    GimpLayer *top = layer_of(image, drawables, error);
    if (!top)
        return NULL;
    Gimp *gimp = g_new0(Gimp, 1);
    gimp->image = image;
    gimp->display = gimp_default_display();
    gimp->config = config;
    gimp->top = top;
    gimp->layer = stack_source(top);
    gimp->results = stack_results(gimp->layer, top);
    gimp->known = g_ptr_array_new_with_free_func(host_layer_free);
    gimp->images = g_ptr_array_new();
    gimp_drawable_get_offsets(GIMP_DRAWABLE(gimp->layer), &gimp->offset_x, &gimp->offset_y);
    gimp->host = (Host){.base = host_layer_of(gimp, gimp->layer),
                        .title = gimp_image_get_name(image),
                        .folder = folder_of(image),
                        .desktop = desktop,
                        .is_open = pixels_are_open,
                        .read_picture = pixels_picture,
                        .read_selection = pixels_selection,
                        .read_layer_mask = pixels_layer_mask,
                        .shares_selection = pixels_share_selection,
                        .selection_changed = selection_changed,
                        .select = selection_set,
                        .read_arrows = path_arrows,
                        .list_layers = layers_list,
                        .layer_name = layers_name,
                        .open_file = layers_open_file,
                        .insert = result_insert,
                        .list_frames = animation_frames,
                        .frame_name = animation_name,
                        .origin = animation_origin,
                        .see_frame = animation_see,
                        .read_channels = animation_channels,
                        .insert_frames = animation_insert,
                        .remember = last_remember,
                        .recall = last_recall,
                        .last_reference = last_reference,
                        .remember_on_image = last_remember_on_image,
                        .recall_from_image = last_recall_from_image,
                        .begin_progress = begin_progress,
                        .show_progress = show_progress,
                        .end_progress = end_progress};
    if (gimp_image_get_base_type(image) == GIMP_INDEXED)
        gimp->host.notice =
            _("This image has a palette: inserting a result converts it to RGB, in one step with the new layer.");
    return gimp;
}

void opening_free(Gimp *gimp) {
    for (guint i = 0; i < gimp->images->len; i++)
        gimp_image_delete(g_ptr_array_index(gimp->images, i));
    g_ptr_array_unref(gimp->images);
    g_ptr_array_unref(gimp->results);
    g_ptr_array_unref(gimp->known);
    mask_free(gimp->covered);
    g_free(gimp->host.title);
    g_free(gimp->host.folder);
    g_free(gimp);
}
