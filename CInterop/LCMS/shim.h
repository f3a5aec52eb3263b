// Little CMS, and what of its macros Swift cannot see.
#include <lcms2.h>

/// Pixels of R, G and B as floats, 0 … 1.
static const cmsUInt32Number lcms_rgb_floats = TYPE_RGB_FLT;
/// Threads may share a transform, and its numbers are as exact as they can be.
static const cmsUInt32Number lcms_exact = cmsFLAGS_NOCACHE | cmsFLAGS_NOOPTIMIZE | cmsFLAGS_BLACKPOINTCOMPENSATION;
