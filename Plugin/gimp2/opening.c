#include "opening.h"

#include <string.h>
#include <libgimp/gimp.h>
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

// The layer that a drawable stands for; −1 with a reason.
static gint32 layer_of(gint32 image, gint32 drawable, GError **error) {
    const char *reason = NULL;
    gint32 layer = -1;
    if (!gimp_image_is_valid(image) || !gimp_item_is_valid(drawable)) {
        reason = _("There is no such image or layer.");
    } else {
        layer = gimp_item_is_layer_mask(drawable) ? gimp_layer_from_mask(drawable) : drawable;
        if (!gimp_item_is_layer(layer) || gimp_item_get_image(layer) != image)
            reason = _("Choose a layer of the image: channels cannot be edited.");
        else if (gimp_layer_is_floating_sel(layer))
            reason = _("Anchor the floating selection first.");
    }
    if (reason)
        g_set_error_literal(error, WORDS_ERROR, 0, reason);
    return reason ? -1 : layer;
}

// GIMP's own windows are of GTK 2: a theme of theirs says nothing to ours but whether it is dark.
static HostDesktop desktop(Host *host) {
    (void)host;
    char *theme = gimp_gimprc_query("theme");
    HostDesktop found = {gimp_display_name(), gimp_wm_class(), gimp_progress_get_window_handle(),
                         theme && strstr(theme, "Dark")};
    g_free(theme);
    return found;
}

// The folder of the image's file; NULL where it has none.
static char *folder_of(gint32 image) {
    char *path = gimp_image_get_filename(image), *folder = path ? g_path_get_dirname(path) : NULL;
    g_free(path);
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

Gimp *opening_new(gint32 image, gint32 drawable, GError **error) {
    gint32 top = layer_of(image, drawable, error);
    if (top == -1)
        return NULL;
    Gimp *gimp = g_new0(Gimp, 1);
    gimp->image = image;
    gimp->top = top;
    gimp->layer = stack_source(top);
    gimp->results = stack_results(gimp->layer, top);
    gimp->known = g_ptr_array_new_with_free_func(gimp_layer_free);
    gimp->images = g_array_new(FALSE, FALSE, sizeof(gint32));
    gimp_drawable_offsets(gimp->layer, &gimp->offset_x, &gimp->offset_y);
    gimp->host = (Host){.base = gimp_layer_of(gimp, gimp->layer),
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
    if (gimp_image_base_type(image) == GIMP_INDEXED)
        gimp->host.notice =
            _("This image has a palette: inserting a result converts it to RGB, in one step with the new layer.");
    return gimp;
}

void opening_free(Gimp *gimp) {
    for (guint i = 0; i < gimp->images->len; i++)
        gimp_image_delete(g_array_index(gimp->images, gint32, i));
    g_array_unref(gimp->images);
    g_array_unref(gimp->results);
    g_ptr_array_unref(gimp->known);
    mask_free(gimp->covered);
    g_free(gimp->host.title);
    g_free(gimp->host.folder);
    g_free(gimp);
}
