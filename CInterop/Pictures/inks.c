// Four inks to sRGB.
#include "codecs.h"

#include <lcms2.h>
#include <string.h>

void *dragon_inks_open(codec_bytes profile, int is_inverted) {
    if (profile.size == 0 || profile.size > UINT32_MAX)
        return NULL;
    cmsHPROFILE inks = cmsOpenProfileFromMem(profile.bytes, (cmsUInt32Number)profile.size);
    cmsHPROFILE light = cmsCreate_sRGBProfile();
    cmsHTRANSFORM transform = NULL;
    if (inks != NULL && light != NULL && cmsGetColorSpace(inks) == cmsSigCmykData)
        transform = cmsCreateTransform(inks, is_inverted ? TYPE_CMYK_8_REV : TYPE_CMYK_8, light, TYPE_RGBA_8,
                                       INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_BLACKPOINTCOMPENSATION);
    if (inks != NULL)
        cmsCloseProfile(inks);
    if (light != NULL)
        cmsCloseProfile(light);
    return transform;
}

void dragon_inks_close(void *inks) {
    if (inks != NULL)
        cmsDeleteTransform(inks);
}

void dragon_inks_row(void *inks, const uint8_t *ink, uint32_t width, int is_inverted, uint8_t *out) {
    if (inks != NULL) {
        // Alpha is left as it was.
        memset(out, 255, (size_t)width * 4);
        cmsDoTransform(inks, ink, out, width);
        return;
    }
    for (uint32_t x = 0; x < width; x++, ink += 4, out += 4) {
        for (int c = 0; c < 3; c++) {
            unsigned light = is_inverted ? ink[c] : 255u - ink[c], key = is_inverted ? ink[3] : 255u - ink[3];
            out[c] = (uint8_t)((light * key + 127) / 255);
        }
        out[3] = 255;
    }
}
