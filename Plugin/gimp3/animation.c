#include "animation.h"

#include "colours.h"
#include "pixels.h"
#include "result.h"
#include "seen.h"
#include "stack.h"
#include "words.h"

// --- The image's own -------------------------------------------------------------------------------------------------

// The layer of no group that a layer is, or lies in.
static GimpItem *frame_of(GimpLayer *layer) {
    GimpItem *item = GIMP_ITEM(layer), *parent;
    while ((parent = gimp_item_get_parent(item)))
        item = parent;
    return item;
}

GPtrArray *animation_frames(Host *host, guint *active) {
    Gimp *gimp = (Gimp *)host;
    GPtrArray *frames = g_ptr_array_new();
    GimpItem *own = frame_of(gimp->layer);
    GimpLayer **layers = gimp_image_get_layers(gimp->image);
    // GIMP lists them from the top. Results of ours lie on frames, and are none.
    for (guint i = 0; layers[i]; i++)
        if (stack_source(layers[i]) == layers[i])
            g_ptr_array_insert(frames, 0, host_layer_of(gimp, layers[i]));
    *active = 0;
    for (guint i = 0; i < frames->len; i++)
        if (GIMP_ITEM(((HostLayer *)g_ptr_array_index(frames, i))->layer) == own)
            *active = i;
    g_free(layers);
    return frames;
}

char *animation_name(Host *host, HostLayer *layer) {
    (void)host;
    return gimp_item_get_name(GIMP_ITEM(layer->layer));
}

dragon_point animation_origin(Host *host) {
    int x, y;
    gimp_drawable_get_offsets(GIMP_DRAWABLE(((Gimp *)host)->layer), &x, &y);
    return (dragon_point){x, y};
}

// All results on a frame.
static GPtrArray *results_on(GimpImage *image, GimpLayer *frame) {
    GimpLayer **layers = gimp_image_get_layers(image);
    GPtrArray *results = stack_results(frame, layers[0]);
    g_free(layers);
    return results;
}

Picture *animation_see(Host *host, HostLayer *layer, const Picture *before) {
    GimpImage *image = ((Gimp *)host)->image;
    Picture *picture =
        before ? picture_copy(before)
               : picture_new(gimp_image_get_width(image), gimp_image_get_height(image), colours_format(image));
    GPtrArray *results = results_on(image, layer->layer);
    stack_lay_at(layer->layer, 0, 0, picture, NULL);
    for (guint i = 0; i < results->len; i++)
        stack_lay_at(g_ptr_array_index(results, i), 0, 0, picture, NULL);
    g_ptr_array_unref(results);
    return picture;
}

GPtrArray *animation_channels(Host *host) {
    GimpImage *image = ((Gimp *)host)->image;
    GPtrArray *masks = g_ptr_array_new();
    GimpChannel **channels = gimp_image_get_channels(image);
    for (guint i = 0; channels && channels[i]; i++)
        g_ptr_array_insert(masks, 0, pixels_mask(GIMP_DRAWABLE(channels[i]), pixels_all(image)));
    g_free(channels);
    return masks;
}

// --- Another one -----------------------------------------------------------------------------------------------------

// Above what the image has; NULL where GIMP does not take it.
static GimpLayer *add_layer(GimpImage *image, const Edit *edit, const char *name, const Picture *picture) {
    gboolean gray = gimp_image_get_base_type(image) == GIMP_GRAY;
    GimpLayer *layer = gimp_layer_new(image, name, picture->width, picture->height,
                                      gray ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
    if (!layer || !gimp_image_insert_layer(image, layer, NULL, 0))
        return NULL;
    result_write_pixels(GIMP_DRAWABLE(layer), picture);
    result_attach_text(layer, edit);
    return layer;
}

// The layer of number `active`; NULL where GIMP does not take one of them.
static GimpLayer *add_layers(GimpImage *image, const Edit *edit, const GPtrArray *names, const GPtrArray *pictures,
                             guint active) {
    GimpLayer *wanted = NULL;
    for (guint i = 0; i < pictures->len; i++) {
        GimpLayer *layer = add_layer(image, edit, g_ptr_array_index(names, i), g_ptr_array_index(pictures, i));
        if (!layer)
            return NULL;
        if (i == active)
            wanted = layer;
    }
    gimp_image_set_selected_layers(image, (const GimpLayer *[]){wanted, NULL});
    return wanted;
}

HostLayer *animation_insert(Host *host, const Edit *edit, const GPtrArray *names, const GPtrArray *pictures,
                            guint active, GError **error) {
    Gimp *gimp = (Gimp *)host;
    if (!gimp_image_is_valid(gimp->image)) {
        g_set_error_literal(error, WORDS_ERROR, 0, _("The image or its layer was closed in the meantime."));
        return NULL;
    }
    double across, down;
    GimpImage *image = seen_image_like(gimp->image);
    gimp_image_get_resolution(gimp->image, &across, &down);
    gimp_image_set_resolution(image, across, down);
    GimpLayer *layer = add_layers(image, edit, names, pictures, active);
    gimp_image_undo_enable(image);
    if (!layer) {
        gimp_image_delete(image);
        g_set_error_literal(error, WORDS_ERROR, 0, _("GIMP did not take the new layer."));
        return NULL;
    }
    const char *display = gimp_display_name();
    if (display && display[0])
        gimp_display_new(image);
    gimp_displays_flush();
    return host_layer_of(gimp, layer);
}
