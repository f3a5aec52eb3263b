#include "patch.h"

#include "engine.h"

Patch patch_of_result(dragon_result *result, dragon_pixel_format format) {
    Patch patch = {engine_result_box(result), engine_result_picture(result, format), NULL};
    patch.share = g_new(float, (gsize)patch.box.width *patch.box.height);
    dragon_result_mask_float(result, patch.share, 0);
    return patch;
}

void patch_clear(Patch *patch) {
    picture_free(patch->picture);
    g_free(patch->share);
    *patch = (Patch){0};
}

// The shares of a part of the patch.
static float *share_of(const Patch *patch, Box part) {
    float *share = g_new(float, (gsize)part.width *part.height);
    for (int y = 0; y < part.height; y++)
        for (int x = 0; x < part.width; x++)
            share[(gsize)y * part.width + x] = patch->share[(gsize)(part.y + y) * patch->box.width + part.x + x];
    return share;
}

// The smallest box around all that has a share, in the patch's own pixels; FALSE where nothing has.
static gboolean reach_of(const Patch *patch, Box *reach) {
    Mask *mask = mask_new(patch->box.width, patch->box.height);
    for (gsize i = 0; i < (gsize)mask->width * mask->height; i++)
        mask->bytes[i] = patch->share[i] > 0 ? 255 : 0;
    gboolean has_any = mask_reach(mask, reach);
    mask_free(mask);
    return has_any;
}

gboolean patch_cut_out(Patch *patch) {
    Box reach;
    if (!reach_of(patch, &reach))
        return FALSE;
    Patch cut = {{patch->box.x + reach.x, patch->box.y + reach.y, reach.width, reach.height},
                 picture_part(patch->picture, reach),
                 share_of(patch, reach)};
    picture_give_alpha(cut.picture, cut.share);
    patch_clear(patch);
    *patch = cut;
    return TRUE;
}

gboolean patch_erases(const Patch *patch, const Picture *picture) {
    Picture *below = picture_part(picture, patch->box);
    gboolean erases = picture_erases(below, patch->picture, patch->share);
    picture_free(below);
    return erases;
}

// All of the picture with the mixed box in it, as far as that or an earlier result lies there.
static Patch whole_of(Patch *mixed, const float *share, const Picture *picture, const Mask *covered) {
    Picture *whole = picture_copy(picture);
    picture_put(whole, mixed->picture, mixed->box.x, mixed->box.y);
    float *touched = g_new(float, (gsize)covered->width * covered->height);
    for (gsize i = 0; i < (gsize)covered->width * covered->height; i++)
        touched[i] = covered->bytes[i] ? 1 : 0;
    for (int y = 0; y < mixed->box.height; y++)
        for (int x = 0; x < mixed->box.width; x++)
            if (share[(gsize)y * mixed->box.width + x] > 0)
                touched[(gsize)(mixed->box.y + y) * covered->width + mixed->box.x + x] = 1;
    patch_clear(mixed);
    return (Patch){{0, 0, whole->width, whole->height}, whole, touched};
}

Patch patch_mixed(const Patch *patch, const Picture *picture, const Mask *covered) {
    Patch mixed = {patch->box, picture_part(picture, patch->box), NULL};
    picture_mix(mixed.picture, patch->picture, patch->share);
    if (covered)
        return whole_of(&mixed, patch->share, picture, covered);
    mixed.share = g_memdup2(patch->share, (gsize)patch->box.width * patch->box.height * sizeof *patch->share);
    return mixed;
}

void patch_replace(const Patch *patch, Picture *picture) {
    Patch mixed = patch_mixed(patch, picture, NULL);
    picture_put(picture, mixed.picture, mixed.box.x, mixed.box.y);
    patch_clear(&mixed);
}

static void cover(Mask *covered, const float *share, Box box) {
    for (int y = 0; y < box.height; y++)
        for (int x = 0; x < box.width; x++)
            if (share[(gsize)y * box.width + x] > 0)
                covered->bytes[(gsize)(box.y + y) * covered->width + box.x + x] = 255;
}

void patch_lay(const Patch *patch, Picture *picture, Mask *covered) {
    // What lies beside the picture is not of it.
    Box box = {MAX(patch->box.x, 0), MAX(patch->box.y, 0), 0, 0};
    box.width = MIN(patch->box.x + patch->box.width, picture->width) - box.x;
    box.height = MIN(patch->box.y + patch->box.height, picture->height) - box.y;
    if (box.width <= 0 || box.height <= 0)
        return;
    Box own = {box.x - patch->box.x, box.y - patch->box.y, box.width, box.height};
    Picture *above = picture_part(patch->picture, own), *below = picture_part(picture, box);
    float *share = share_of(patch, own);
    picture_take_alpha(above, share);
    picture_mix(below, above, share);
    picture_put(picture, below, box.x, box.y);
    if (covered)
        cover(covered, share, box);
    g_free(share);
    picture_free(above);
    picture_free(below);
}

gboolean patch_next_run(const Patch *patch, int row, int start, int *from, int *end) {
    const float *share = patch->share + (gsize)row * patch->box.width;
    for (*from = start; *from < patch->box.width && share[*from] <= 0; ++*from)
        ;
    for (*end = *from; *end < patch->box.width && share[*end] > 0; ++*end)
        ;
    return *from < patch->box.width;
}
