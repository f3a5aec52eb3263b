#include "animation.h"

#include <libgimp/gimp.h>
#include "colours.h"
#include "pixels.h"
#include "result.h"
#include "stack.h"
#include "words.h"

// --- The image's own -------------------------------------------------------------------------------------------------

// The layer of no group that a layer is, or lies in.
static gint32 frame_of(gint32 layer) {
    gint32 parent;
    while ((parent = gimp_item_get_parent(layer)) != -1)
        layer = parent;
    return layer;
}

GPtrArray *animation_frames(Host *host, guint *active) {
    Gimp *gimp = (Gimp *)host;
    GPtrArray *frames = g_ptr_array_new();
    gint count = 0, own = frame_of(gimp->layer);
    gint *ids = gimp_image_get_layers(gimp->image, &count);
    *active = 0;
    // GIMP lists them from the top. Results of ours lie on frames, and are none.
    for (gint i = count - 1; i >= 0; i--) {
        if (stack_source(ids[i]) != ids[i])
            continue;
        if (ids[i] == own)
            *active = frames->len;
        g_ptr_array_add(frames, gimp_layer_of(gimp, ids[i]));
    }
    g_free(ids);
    return frames;
}

char *animation_name(Host *host, HostLayer *layer) {
    (void)host;
    return gimp_item_get_name(layer->id);
}

dragon_point animation_origin(Host *host) {
    int x, y;
    gimp_drawable_offsets(((Gimp *)host)->layer, &x, &y);
    return (dragon_point){x, y};
}

// All results on a frame.
static GArray *results_on(gint32 image, gint32 frame) {
    gint count = 0;
    gint *ids = gimp_image_get_layers(image, &count);
    GArray *results = stack_results(frame, ids[0]);
    g_free(ids);
    return results;
}

Picture *animation_see(Host *host, HostLayer *layer, const Picture *before) {
    gint32 image = ((Gimp *)host)->image;
    Picture *picture = before ? picture_copy(before)
                              : picture_new(gimp_image_width(image), gimp_image_height(image), colours_format(image));
    GArray *results = results_on(image, layer->id);
    stack_lay_at(layer->id, 0, 0, picture, NULL);
    for (guint i = 0; i < results->len; i++)
        stack_lay_at(g_array_index(results, gint32, i), 0, 0, picture, NULL);
    g_array_unref(results);
    return picture;
}

GPtrArray *animation_channels(Host *host) {
    gint32 image = ((Gimp *)host)->image;
    GPtrArray *masks = g_ptr_array_new();
    gint count = 0;
    gint *ids = gimp_image_get_channels(image, &count);
    for (gint i = count - 1; i >= 0; i--)
        g_ptr_array_add(masks, pixels_mask(ids[i], pixels_all(image)));
    g_free(ids);
    return masks;
}

// --- Another one -----------------------------------------------------------------------------------------------------

// An empty image with the colours of another. A palette could not hold what edits make.
static gint32 image_like(gint32 image) {
    GimpImageBaseType type = gimp_image_base_type(image);
    gint32 other =
        gimp_image_new_with_precision(gimp_image_width(image), gimp_image_height(image),
                                      type == GIMP_INDEXED ? GIMP_RGB : type, gimp_image_get_precision(image));
    GimpColorProfile *profile = gimp_image_get_color_profile(image);
    double across, down;
    if (profile)
        gimp_image_set_color_profile(other, profile);
    g_clear_object(&profile);
    gimp_image_get_resolution(image, &across, &down);
    gimp_image_set_resolution(other, across, down);
    return other;
}

// Above what the image has; −1 where GIMP does not take it.
static gint32 add_layer(gint32 image, const Edit *edit, const char *name, const Picture *picture) {
    gboolean gray = gimp_image_base_type(image) == GIMP_GRAY;
    gint32 layer = gimp_layer_new(image, name, picture->width, picture->height,
                                  gray ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
    if (layer == -1 || !gimp_image_insert_layer(image, layer, -1, 0))
        return -1;
    result_write_pixels(layer, picture);
    result_attach_text(layer, edit);
    return layer;
}

// The layer of number `active`; −1 where GIMP does not take one of them.
static gint32 add_layers(gint32 image, const Edit *edit, const GPtrArray *names, const GPtrArray *pictures,
                         guint active) {
    gint32 wanted = -1;
    for (guint i = 0; i < pictures->len; i++) {
        gint32 layer = add_layer(image, edit, g_ptr_array_index(names, i), g_ptr_array_index(pictures, i));
        if (layer == -1)
            return -1;
        if (i == active)
            wanted = layer;
    }
    gimp_image_set_active_layer(image, wanted);
    return wanted;
}

HostLayer *animation_insert(Host *host, const Edit *edit, const GPtrArray *names, const GPtrArray *pictures,
                            guint active, GError **error) {
    Gimp *gimp = (Gimp *)host;
    if (!gimp_image_is_valid(gimp->image)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The image or its layer was closed in the meantime."));
        return NULL;
    }
    gint32 image = image_like(gimp->image);
    gimp_image_undo_disable(image);
    gint32 layer = add_layers(image, edit, names, pictures, active);
    gimp_image_undo_enable(image);
    if (layer == -1) {
        gimp_image_delete(image);
        g_set_error_literal(error, WORDS_ERROR, 0, _("GIMP did not take the new layer."));
        return NULL;
    }
    const char *display = gimp_display_name();
    if (display && display[0])
        gimp_display_new(image);
    gimp_displays_flush();
    return gimp_layer_of(gimp, layer);
}
