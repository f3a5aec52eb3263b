// Writes colour profiles that stand for what photos come in: profiles FOLDER.
#include <lcms2.h>
#include <stdio.h>

static int save(const char *folder, const char *name, cmsHPROFILE profile) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int good = profile && cmsSaveProfileToFile(profile, path);
    if (profile)
        cmsCloseProfile(profile);
    return good;
}

static cmsHPROFILE rgb(cmsCIExyY white, cmsCIExyYTRIPLE primaries, double gamma) {
    cmsToneCurve *curve = cmsBuildGamma(NULL, gamma), *curves[] = {curve, curve, curve};
    cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
    cmsFreeToneCurve(curve);
    return profile;
}

static cmsHPROFILE adobe_like(double gamma) {
    return rgb((cmsCIExyY){0.3127, 0.3290, 1}, (cmsCIExyYTRIPLE){{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}},
               gamma);
}

static const double ADOBE_GAMMA = 2.19921875;

// --- A profile of tables alone ---------------------------------------------------------------------------------------

static cmsInt32Number sample(const cmsUInt16Number in[], cmsUInt16Number out[], void *transform) {
    cmsDoTransform(transform, in, out, 1);
    return TRUE;
}

// A table of a transform, as a tag.
static int write_table(cmsHPROFILE profile, cmsTagSignature tag, cmsHPROFILE from, cmsUInt32Number from_type,
                       cmsHPROFILE to, cmsUInt32Number to_type) {
    cmsHTRANSFORM transform = cmsCreateTransform(from, from_type, to, to_type, INTENT_RELATIVE_COLORIMETRIC,
                                                 cmsFLAGS_NOOPTIMIZE | cmsFLAGS_NOCACHE);
    cmsPipeline *pipeline = cmsPipelineAlloc(NULL, 3, 3);
    cmsStage *table = cmsStageAllocCLut16bit(NULL, 33, 3, 3, NULL);
    // The form that the tag has in version 4: curves, table, curves.
    int good = cmsStageSampleCLut16bit(table, sample, transform, 0) &&
               cmsPipelineInsertStage(pipeline, cmsAT_END, cmsStageAllocToneCurves(NULL, 3, NULL)) &&
               cmsPipelineInsertStage(pipeline, cmsAT_END, table) &&
               cmsPipelineInsertStage(pipeline, cmsAT_END, cmsStageAllocToneCurves(NULL, 3, NULL)) &&
               cmsWriteTag(profile, tag, pipeline);
    cmsPipelineFree(pipeline);
    cmsDeleteTransform(transform);
    return good;
}

// Adobe RGB, told by tables from and to Lab, as scanners and printers tell theirs.
static cmsHPROFILE tables(void) {
    cmsHPROFILE adobe = adobe_like(ADOBE_GAMMA), lab = cmsCreateLab4Profile(NULL),
                profile = cmsCreateProfilePlaceholder(NULL);
    cmsSetProfileVersion(profile, 4.2);
    cmsSetDeviceClass(profile, cmsSigDisplayClass);
    cmsSetColorSpace(profile, cmsSigRgbData);
    cmsSetPCS(profile, cmsSigLabData);
    cmsMLU *words = cmsMLUalloc(NULL, 1);
    cmsMLUsetASCII(words, "en", "US", "Tables");
    cmsCIEXYZ white = *cmsD50_XYZ();
    int good = cmsWriteTag(profile, cmsSigProfileDescriptionTag, words) &&
               cmsWriteTag(profile, cmsSigCopyrightTag, words) &&
               cmsWriteTag(profile, cmsSigMediaWhitePointTag, &white) &&
               write_table(profile, cmsSigAToB0Tag, adobe, TYPE_RGB_16, lab, TYPE_Lab_16) &&
               write_table(profile, cmsSigBToA0Tag, lab, TYPE_Lab_16, adobe, TYPE_RGB_16);
    cmsMLUfree(words);
    cmsCloseProfile(adobe);
    cmsCloseProfile(lab);
    return good ? profile : NULL;
}

int main(int count, char **arguments) {
    if (count != 2)
        return 2;
    cmsCIExyY d50 = {0.3457, 0.3585, 1}, d65 = {0.3127, 0.3290, 1};
    cmsCIExyYTRIPLE wide = {{0.7347, 0.2653, 1}, {0.1596, 0.8404, 1}, {0.0366, 0.0001, 1}};
    cmsCIExyYTRIPLE p3 = {{0.68, 0.32, 1}, {0.265, 0.69, 1}, {0.15, 0.06, 1}};
    cmsToneCurve *grey = cmsBuildGamma(NULL, 1.8);
    int good =
        save(arguments[1], "prophoto.icc", rgb(d50, wide, 1.8)) && save(arguments[1], "p3.icc", rgb(d65, p3, 2.2)) &&
        save(arguments[1], "adobe.icc", adobe_like(ADOBE_GAMMA)) && save(arguments[1], "linear.icc", adobe_like(1)) &&
        save(arguments[1], "tables.icc", tables()) && save(arguments[1], "grey.icc", cmsCreateGrayProfile(&d50, grey));
    cmsFreeToneCurve(grey);
    return good ? 0 : 1;
}
