// WebP by libwebp.
#include "codecs.h"

#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/encode.h>
#include <webp/mux.h>

static codec_picture_status refuse(char *message, const char *text) {
    dragon_say(message, text);
    return CODEC_MALFORMED;
}

/// The profile and the EXIF data, from the chunks beside the pixels.
static void read_details(const uint8_t *bytes, size_t size, codec_picture *picture) {
    WebPData file = {bytes, size}, chunk;
    WebPMux *mux = WebPMuxCreate(&file, 0);
    if (mux == NULL)
        return;
    if (WebPMuxGetChunk(mux, "ICCP", &chunk) == WEBP_MUX_OK)
        picture->profile = dragon_copy(chunk.bytes, chunk.size);
    if (WebPMuxGetChunk(mux, "EXIF", &chunk) == WEBP_MUX_OK)
        picture->exif = dragon_exif_bare(chunk.bytes, chunk.size);
    WebPMuxDelete(mux);
}

codec_picture_status dragon_webp_decode(const uint8_t *bytes, size_t size, size_t memory_limit, codec_picture *picture,
                                        char *message) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes, size, &features) != VP8_STATUS_OK)
        return refuse(message, "it is damaged or truncated");
    if (features.has_animation)
        return refuse(message, "it is an animation, which is not read");
    uint32_t width = (uint32_t)features.width, height = (uint32_t)features.height;
    codec_picture_status status = CODEC_MALFORMED;
    uint8_t *pixels = dragon_pixels(width, height, 8, 4, memory_limit, &status, message);
    if (pixels == NULL)
        return status;
    if (WebPDecodeRGBAInto(bytes, size, pixels, (size_t)width * height * 4, (int)width * 4) == NULL) {
        free(pixels);
        return refuse(message, "it is damaged or truncated");
    }
    *picture = (codec_picture){.width = width, .height = height, .depth = 8, .pixels = pixels};
    picture->has_alpha = features.has_alpha != 0;
    read_details(bytes, size, picture);
    return CODEC_OK;
}

/// The file with the profile and the EXIF data in chunks of their own; what comes is libwebp's, or nothing.
static WebPData with_details(const codec_picture *picture, const uint8_t *bytes, size_t size) {
    WebPData file = {bytes, size}, result = {NULL, 0};
    WebPData profile = {picture->profile.bytes, picture->profile.size},
             exif = {picture->exif.bytes, picture->exif.size};
    WebPMux *mux = WebPMuxNew();
    if (mux != NULL && WebPMuxSetImage(mux, &file, 0) == WEBP_MUX_OK &&
        (profile.size == 0 || WebPMuxSetChunk(mux, "ICCP", &profile, 0) == WEBP_MUX_OK) &&
        (exif.size == 0 || WebPMuxSetChunk(mux, "EXIF", &exif, 0) == WEBP_MUX_OK) &&
        WebPMuxAssemble(mux, &result) != WEBP_MUX_OK)
        result = (WebPData){NULL, 0};
    WebPMuxDelete(mux);
    return result;
}

codec_picture_status dragon_webp_encode(const codec_picture *picture, int quality, codec_bytes *encoded,
                                        char *message) {
    uint32_t channels = picture->has_alpha ? 4 : 3;
    size_t stride = (size_t)picture->width * channels;
    uint8_t *pixels = malloc(stride * picture->height), *bytes = NULL;
    size_t size = 0;
    if (pixels != NULL) {
        for (uint32_t y = 0; y < picture->height; y++)
            dragon_row8(picture, y, channels, pixels + y * stride);
        int width = (int)picture->width, height = (int)picture->height;
        size = picture->has_alpha ? WebPEncodeRGBA(pixels, width, height, (int)stride, (float)quality, &bytes)
                                  : WebPEncodeRGB(pixels, width, height, (int)stride, (float)quality, &bytes);
    }
    free(pixels);
    WebPData whole = size == 0 ? (WebPData){NULL, 0} : with_details(picture, bytes, size);
    WebPFree(bytes);
    // libwebp has an allocator of its own; what leaves here is always malloc's.
    codec_bytes copy = dragon_copy(whole.bytes, whole.size);
    WebPDataClear(&whole);
    if (copy.bytes == NULL) {
        dragon_say(message, "out of memory");
        return CODEC_OUT_OF_MEMORY;
    }
    *encoded = copy;
    return CODEC_OK;
}
