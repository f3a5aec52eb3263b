#include "quick.h"

// The longer side: what the canvas shows of a large picture is hardly larger.
static const int SIDE = 480;

void quick_clear(Quick *quick) {
    picture_free(quick->material.picture);
    picture_free(quick->material.reference);
    mask_free(quick->material.mask);
    mask_free(quick->material.held);
    mask_free(quick->material.shadow);
    mask_free(quick->material.reference_mask);
    *quick = (Quick){0};
}

static void shrink(const Screen *screen, Picture **picture, Mask **mask, double *scale) {
    *scale = 1;
    if (!screen->picture)
        return;
    *picture = picture_for_screen(screen->picture, SIDE);
    *scale = screen->scale * (*picture)->width / screen->picture->width;
    if (screen->mask)
        *mask = mask_scaled(screen->mask, (*picture)->width, (*picture)->height);
}

gboolean quick_follow(Quick *quick, const Session *session) {
    const Screen *screens[] = {&session->base, &session->reference};
    if (!session->base.picture || MAX(session->base.picture->width, session->base.picture->height) <= SIDE)
        return FALSE;
    gboolean is_same = TRUE;
    for (int i = 0; i < 2; i++)
        is_same = is_same && quick->pictures[i] == screens[i]->picture && quick->stamps[i] == screens[i]->stamp;
    if (is_same)
        return TRUE;
    quick_clear(quick);
    for (int i = 0; i < 2; i++) {
        quick->pictures[i] = screens[i]->picture;
        quick->stamps[i] = screens[i]->stamp;
    }
    Material *material = &quick->material;
    shrink(&session->base, &material->picture, &material->mask, &quick->scale);
    if (session->base.held)
        material->held = mask_scaled(session->base.held, material->picture->width, material->picture->height);
    if (session->base.shadow)
        material->shadow = mask_scaled(session->base.shadow, material->picture->width, material->picture->height);
    shrink(&session->reference, &material->reference, &material->reference_mask, &quick->reference_scale);
    return TRUE;
}
