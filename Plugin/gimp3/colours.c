#include "colours.h"

#include "buffers.h"

static const GimpColorRenderingIntent INTENT = GIMP_COLOR_RENDERING_INTENT_RELATIVE_COLORIMETRIC;

// Whether a profile's numbers are sRGB's, up to a linear tone curve.
static gboolean is_srgb(GimpColorProfile *profile) {
    GimpColorProfile *srgb = gimp_color_profile_new_rgb_srgb(), *linear = gimp_color_profile_new_rgb_srgb_linear();
    gboolean is_one = gimp_color_profile_is_equal(profile, srgb) || gimp_color_profile_is_equal(profile, linear);
    g_object_unref(srgb);
    g_object_unref(linear);
    return is_one;
}

dragon_pixel_format colours_format(GimpImage *image) {
    GimpColorProfile *profile = gimp_image_get_color_profile(image);
    gboolean is_foreign = profile && !is_srgb(profile);
    g_clear_object(&profile);
    // Colours of another profile may lie beyond sRGB, and between its steps.
    if (is_foreign)
        return DRAGON_RGBA_FLOAT;
    switch (gimp_image_get_precision(image)) {
    case GIMP_PRECISION_U8_NON_LINEAR:
        return DRAGON_RGBA_U8;
    // Eight linear bits hold more shadow tones than eight perceptual ones.
    case GIMP_PRECISION_U8_LINEAR:
    case GIMP_PRECISION_U8_PERCEPTUAL:
    case GIMP_PRECISION_U16_NON_LINEAR:
    case GIMP_PRECISION_U16_PERCEPTUAL:
        return DRAGON_RGBA_U16;
    default:
        return DRAGON_RGBA_FLOAT;
    }
}

// --- Profiles of tables ----------------------------------------------------------------------------------------------

static gboolean is_linear(GimpPrecision precision) {
    switch (precision) {
    case GIMP_PRECISION_U8_LINEAR:
    case GIMP_PRECISION_U16_LINEAR:
    case GIMP_PRECISION_U32_LINEAR:
    case GIMP_PRECISION_HALF_LINEAR:
    case GIMP_PRECISION_FLOAT_LINEAR:
    case GIMP_PRECISION_DOUBLE_LINEAR:
        return TRUE;
    default:
        return FALSE;
    }
}

// A drawable's own numbers in float. With alpha, as the engine's: a transform wants both sides alike.
static const Babl *numbers_format(GimpDrawable *drawable) {
    gboolean linear = is_linear(gimp_image_get_precision(gimp_item_get_image(GIMP_ITEM(drawable))));
    if (gimp_drawable_is_gray(drawable))
        return babl_format(linear ? "YA float" : "Y'A float");
    return babl_format(linear ? "RGBA float" : "R'G'B'A float");
}

typedef enum Direction { TO_ENGINE, FROM_ENGINE } Direction;

// What GEGL's formats do not convert: NULL where there is nothing. To convert what they do would be a second time.
static GimpColorTransform *transform_new(GimpDrawable *drawable, const Babl *engine, Direction direction) {
    GimpColorProfile *profile = gimp_image_get_color_profile(gimp_item_get_image(GIMP_ITEM(drawable)));
    if (!profile || gimp_color_profile_get_space(profile, INTENT, NULL)) {
        g_clear_object(&profile);
        return NULL;
    }
    const Babl *numbers = numbers_format(drawable);
    GimpColorProfile *srgb = gimp_color_profile_new_rgb_srgb();
    GimpColorTransform *transform =
        direction == TO_ENGINE
            ? gimp_color_transform_new(profile, numbers, srgb, engine, INTENT, GIMP_COLOR_TRANSFORM_FLAGS_NOOPTIMIZE)
            : gimp_color_transform_new(srgb, engine, profile, numbers, INTENT, GIMP_COLOR_TRANSFORM_FLAGS_NOOPTIMIZE);
    g_object_unref(srgb);
    g_object_unref(profile);
    return transform;
}

// --- Reading and writing ---------------------------------------------------------------------------------------------

void colours_read(GimpDrawable *drawable, int x, int y, Picture *picture) {
    const GeglRectangle *part = GEGL_RECTANGLE(x, y, picture->width, picture->height);
    GeglBuffer *own = gimp_drawable_get_buffer(drawable), *engine = buffers_around(picture);
    const GeglRectangle *all = gegl_buffer_get_extent(engine);
    GimpColorTransform *transform = transform_new(drawable, buffers_format(picture->format), TO_ENGINE);
    if (transform) {
        GeglBuffer *numbers = gegl_buffer_new(part, numbers_format(drawable));
        gegl_buffer_copy(own, part, GEGL_ABYSS_NONE, numbers, part);
        gimp_color_transform_process_buffer(transform, numbers, part, engine, all);
        g_object_unref(numbers);
        g_object_unref(transform);
    } else {
        gegl_buffer_copy(own, part, GEGL_ABYSS_NONE, engine, all);
    }
    g_object_unref(engine);
    g_object_unref(own);
}

GeglBuffer *colours_buffer(GimpDrawable *drawable, const Picture *picture) {
    GeglBuffer *engine = buffers_around(picture);
    GimpColorTransform *transform = transform_new(drawable, buffers_format(picture->format), FROM_ENGINE);
    if (!transform)
        return engine;
    const GeglRectangle *all = gegl_buffer_get_extent(engine);
    GeglBuffer *numbers = gegl_buffer_new(all, numbers_format(drawable));
    gimp_color_transform_process_buffer(transform, engine, all, numbers, all);
    g_object_unref(transform);
    g_object_unref(engine);
    return numbers;
}
