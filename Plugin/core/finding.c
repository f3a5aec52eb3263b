#include "finding.h"

#include "words.h"

struct Finding {
    Picture *picture;
    /// Of the selector's making, which two threads may begin.
    GMutex lock;
    /// NULL until the picture is taken in.
    dragon_selector *selector;
};

Finding *finding_new(Picture *picture) {
    Finding *finding = g_new0(Finding, 1);
    finding->picture = picture_hold(picture);
    g_mutex_init(&finding->lock);
    return finding;
}

void finding_free(Finding *finding) {
    if (!finding)
        return;
    dragon_selector_free(finding->selector);
    picture_free(finding->picture);
    g_mutex_clear(&finding->lock);
    g_free(finding);
}

const Picture *finding_picture(const Finding *finding) {
    return finding->picture;
}

// The engine's own words, or what its status says where it has none.
static void set_error(GError **error, dragon_selector *selector, dragon_status status) {
    char message[1024] = "";
    if (selector)
        dragon_selector_message(selector, message, sizeof message);
    g_set_error_literal(error, WORDS_ERROR, 0, message[0] ? message : dragon_status_text(status));
}

static gboolean make_selector(Finding *finding, GError **error) {
    dragon_selector *selector = NULL;
    dragon_picture picture = picture_view(finding->picture);
    dragon_status status = dragon_selector_create(&picture, &selector);
    if (status == DRAGON_OK) {
        finding->selector = selector;
        return TRUE;
    }
    set_error(error, selector, status);
    dragon_selector_free(selector);
    return FALSE;
}

static gboolean open_selector(Finding *finding, GError **error) {
    g_mutex_lock(&finding->lock);
    gboolean is_open = finding->selector || make_selector(finding, error);
    g_mutex_unlock(&finding->lock);
    return is_open;
}

dragon_selector *finding_selector(Finding *finding) {
    return open_selector(finding, NULL) ? finding->selector : NULL;
}

void finding_prepare(Finding *finding) {
    // Why it cannot be is told to who asks for an object.
    open_selector(finding, NULL);
}

static dragon_hint hint_of(const GArray *inside, const GArray *outside, const Mask *outline) {
    return (dragon_hint){.size = sizeof(dragon_hint),
                         .inside = (const dragon_point *)(const void *)inside->data,
                         .inside_count = inside->len,
                         .outside = outside ? (const dragon_point *)(const void *)outside->data : NULL,
                         .outside_count = outside ? outside->len : 0,
                         .outline = mask_view(outline)};
}

Mask *finding_object(Finding *finding, const Sketch *sketch, GError **error) {
    if (!open_selector(finding, error))
        return NULL;
    int width = finding->picture->width, height = finding->picture->height;
    Mask *mask = mask_new(width, height), *outline = sketch_enclosed(sketch, width, height);
    GArray *inside = sketch_points(sketch, FALSE), *outside = sketch_points(sketch, TRUE);
    dragon_hint hint = hint_of(inside, outside, outline);
    dragon_status status = dragon_selector_find(finding->selector, &hint, mask->bytes, 0);
    gboolean is_found = status == DRAGON_OK && mask_has_set(mask);
    if (status != DRAGON_OK)
        set_error(error, finding->selector, status);
    else if (!is_found)
        g_set_error_literal(error, WORDS_ERROR, 0, _("No object was found there. Draw around it, or click on it."));
    mask_free(outline);
    g_array_unref(inside);
    g_array_unref(outside);
    if (!is_found)
        g_clear_pointer(&mask, mask_free);
    return mask;
}

void finding_hold(Finding *finding, Hold *hold) {
    g_clear_pointer(&hold->object, mask_free);
    if (!open_selector(finding, NULL))
        return;
    Mask *mask = mask_new(finding->picture->width, finding->picture->height);
    dragon_hint hint = hint_of(hold->grips, NULL, hold->region);
    int32_t is_found = 0;
    dragon_status status = dragon_selector_find_held(finding->selector, &hint, &is_found, mask->bytes, 0);
    if (status == DRAGON_OK && is_found)
        hold->object = g_steal_pointer(&mask);
    mask_free(mask);
}

Mask *finding_shadow(Finding *finding, const Mask *object) {
    if (!open_selector(finding, NULL))
        return NULL;
    dragon_mask view = mask_view(object);
    Mask *mask = mask_new(finding->picture->width, finding->picture->height);
    int32_t is_found = 0;
    dragon_status status = dragon_selector_find_shadow(finding->selector, &view, &is_found, mask->bytes, 0);
    if (status != DRAGON_OK || !is_found)
        g_clear_pointer(&mask, mask_free);
    return mask;
}
