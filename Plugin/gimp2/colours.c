#include "colours.h"

#include <libgimp/gimp.h>
#include "buffers.h"

// The image's profile where its numbers are not sRGB's, up to a tone curve that GEGL's formats know; else NULL.
static GimpColorProfile *foreign_profile(gint32 image, GimpColorProfile *srgb) {
    GimpColorProfile *profile = gimp_image_get_color_profile(image);
    if (profile && gimp_color_transform_can_gegl_copy(profile, srgb))
        g_clear_object(&profile);
    return profile;
}

dragon_pixel_format colours_format(gint32 image) {
    GimpColorProfile *srgb = gimp_color_profile_new_rgb_srgb(), *foreign = foreign_profile(image, srgb);
    gboolean is_foreign = foreign != NULL;
    g_clear_object(&foreign);
    g_object_unref(srgb);
    // Colours of another profile may lie beyond sRGB, and between its steps.
    if (is_foreign)
        return DRAGON_RGBA_FLOAT;
    switch (gimp_image_get_precision(image)) {
    case GIMP_PRECISION_U8_GAMMA:
        return DRAGON_RGBA_U8;
    // Eight linear bits hold more shadow tones than eight perceptual ones.
    case GIMP_PRECISION_U8_LINEAR:
    case GIMP_PRECISION_U16_GAMMA:
        return DRAGON_RGBA_U16;
    default:
        return DRAGON_RGBA_FLOAT;
    }
}

typedef enum Direction { TO_ENGINE, FROM_ENGINE } Direction;

// What GEGL's formats do not convert: NULL where there is nothing.
static GimpColorTransform *transform_new(gint32 drawable, const Babl *own, const Babl *engine, Direction direction) {
    GimpColorProfile *srgb = gimp_color_profile_new_rgb_srgb();
    GimpColorProfile *foreign = foreign_profile(gimp_item_get_image(drawable), srgb);
    GimpColorTransform *transform = NULL;
    if (foreign && direction == TO_ENGINE)
        transform =
            gimp_color_transform_new(foreign, own, srgb, engine, GIMP_COLOR_RENDERING_INTENT_RELATIVE_COLORIMETRIC,
                                     GIMP_COLOR_TRANSFORM_FLAGS_NOOPTIMIZE);
    else if (foreign)
        transform =
            gimp_color_transform_new(srgb, engine, foreign, own, GIMP_COLOR_RENDERING_INTENT_RELATIVE_COLORIMETRIC,
                                     GIMP_COLOR_TRANSFORM_FLAGS_NOOPTIMIZE);
    g_clear_object(&foreign);
    g_object_unref(srgb);
    return transform;
}

static void convert(GimpColorTransform *transform, GeglBuffer *from, GeglBuffer *to) {
    const GeglRectangle *all = gegl_buffer_get_extent(from);
    if (transform)
        gimp_color_transform_process_buffer(transform, from, all, to, all);
    else
        gegl_buffer_copy(from, all, GEGL_ABYSS_NONE, to, all);
    g_clear_object(&transform);
}

void colours_read(gint32 drawable, Picture *picture) {
    GeglBuffer *own = gimp_drawable_get_buffer(drawable), *engine = buffers_around(picture);
    convert(transform_new(drawable, gegl_buffer_get_format(own), buffers_format(picture->format), TO_ENGINE), own,
            engine);
    g_object_unref(engine);
    g_object_unref(own);
}

GeglBuffer *colours_buffer(gint32 drawable, const Picture *picture) {
    const Babl *format = gimp_drawable_get_format(drawable);
    GeglBuffer *engine = buffers_around(picture), *own = gegl_buffer_new(gegl_buffer_get_extent(engine), format);
    convert(transform_new(drawable, format, buffers_format(picture->format), FROM_ENGINE), engine, own);
    g_object_unref(engine);
    return own;
}
