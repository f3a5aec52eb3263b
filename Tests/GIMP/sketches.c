// The plug-in's plain C: what is drawn and clicked on a picture, and how the engine is asked for the object in it.
#include <string.h>
#include "check.h"
#include "edit.h"
#include "finding.h"

static gboolean is_refused(const char *text) {
    Edit *edit = edit_new(mode_of(DRAGON_MOVE));
    GError *error = NULL;
    gboolean good = edit_set_text(edit, text, &error);
    CHECK(good == (error == NULL));
    g_clear_error(&error);
    edit_free(edit);
    return !good;
}

// An edit with some text.
static Edit *edit_of(dragon_mode mode, const char *text) {
    Edit *edit = edit_new(mode_of(mode));
    CHECK(edit_set_text(edit, text, NULL));
    return edit;
}

static const char *const REFUSED[] = {"outline=1,2,3", "inside=1",   "reference-outside=x",
                                      "as-drawn=yes",  "as-drawn=2", "as-drawn="};

// What is drawn and clicked, as text and back; when it counts, and when an object must be found by it.
static void test_sketches(void) {
    for (guint i = 0; i < G_N_ELEMENTS(REFUSED); i++)
        CHECK(is_refused(REFUSED[i]));
    Edit *edit = edit_of(DRAGON_MOVE, "outline=1,1 9,1 9.5,7;inside=4,5 6,5;outside=0,0;as-drawn=1;"
                                      "reference-inside=3,2;reference-outside=1,1 2,2;reference-outline=0,0 5,0 5,5");
    const Sketch *sketch = edit->sketch, *reference = edit->reference_sketch;
    CHECK(sketch->outline->len == 3 && sketch->marks->len == 3 && reference->marks->len == 3 &&
          reference->outline->len == 3);
    GArray *inside = sketch_points(sketch, FALSE), *outside = sketch_points(reference, TRUE);
    CHECK(inside->len == 2 && g_array_index(inside, dragon_point, 1).x == 6);
    CHECK(outside->len == 2 && g_array_index(outside, dragon_point, 1).y == 2);
    char *text = edit_to_text(edit);
    Edit *again = edit_of(DRAGON_MOVE, text);
    CHECK(strstr(text, "inside=4,5 6,5\n") && strstr(text, "\nas-drawn=1\n") && strstr(text, "reference-inside=3,2\n"));
    CHECK(sketch_equal(sketch, again->sketch) && sketch_equal(reference, again->reference_sketch) && again->as_drawn);
    CHECK(edit_asks_same(edit, again, TRUE) && !sketch_equal(sketch, reference));
    Edit *copy = edit_copy(edit);
    CHECK(sketch_equal(copy->sketch, sketch) && copy->sketch != sketch && copy->as_drawn);
    again->as_drawn = FALSE;
    CHECK(!edit_asks_same(edit, again, TRUE));
    g_array_index(again->sketch->marks, Mark, 0).is_beside = TRUE;
    CHECK(!sketch_equal(sketch, again->sketch));
    CHECK(edit_set_text(again, "inside=;as-drawn=0", NULL) && again->sketch->marks->len == 2);
    Mask *mask = sketch_enclosed(sketch, 12, 8);
    guint count = 0;
    for (int i = 0; i < 12 * 8; i++)
        count += mask->bytes[i] == 255;
    CHECK(count > 20 && count < 40);
    mask_free(mask);
    g_free(text);
    g_array_unref(inside);
    g_array_unref(outside);
    edit_free(copy);
    edit_free(again);
    edit_free(edit);

    // An outline is found unless it counts as drawn; clicks are found whatever is said of outlines.
    struct {
        dragon_mode mode;
        const char *text;
        gboolean sketches, finds, reference_finds;
    } const cases[] = {
        {DRAGON_MOVE, "", FALSE, FALSE, FALSE},
        {DRAGON_MOVE, "outline=1,1 2,2", FALSE, FALSE, FALSE},
        {DRAGON_MOVE, "outline=1,1 9,1 9,7", TRUE, TRUE, FALSE},
        {DRAGON_MOVE, "outline=1,1 9,1 9,7;as-drawn=1", TRUE, FALSE, FALSE},
        {DRAGON_MOVE, "outline=1,1 9,1 9,7;inside=4,4;as-drawn=1", TRUE, FALSE, FALSE},
        {DRAGON_REMOVE, "inside=4,4;as-drawn=1", TRUE, TRUE, FALSE},
        {DRAGON_MOVE, "outside=4,4", FALSE, FALSE, FALSE},
        {DRAGON_DRAG, "outline=1,1 9,1 9,7;inside=4,4", TRUE, FALSE, FALSE},
        {DRAGON_DRAG, "inside=4,4", TRUE, TRUE, FALSE},
        {DRAGON_DRAG, "inside=4,4;as-drawn=1", FALSE, FALSE, FALSE},
        {DRAGON_LANDMARK, "inside=4,4", FALSE, FALSE, FALSE},
        {DRAGON_PASTE, "inside=4,4;reference-inside=4,4", FALSE, FALSE, TRUE},
        {DRAGON_APPEARANCE, "reference-outline=1,1 9,1 9,7;as-drawn=1", FALSE, FALSE, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        edit = edit_of(cases[i].mode, cases[i].text);
        CHECK(edit_sketches(edit, edit->sketch) == cases[i].sketches);
        CHECK(edit_finds(edit, edit->sketch) == cases[i].finds);
        CHECK(edit_finds(edit, edit->reference_sketch) == cases[i].reference_finds);
        edit_free(edit);
    }
}

// What arrows begin on is held, unless something is drawn or said.
static void test_arrows(void) {
    struct {
        dragon_mode mode;
        const char *text;
        gboolean holds;
    } const cases[] = {
        {DRAGON_DRAG, "arrows=1,2 3,4 5,6 7,8", TRUE},     {DRAGON_DRAG, "", FALSE},
        {DRAGON_DRAG, "arrows=1,2 3,4;as-drawn=1", FALSE}, {DRAGON_DRAG, "arrows=1,2 3,4;outline=1,1 9,1 9,7", FALSE},
        {DRAGON_DRAG, "arrows=1,2 3,4;inside=9,9", FALSE}, {DRAGON_LANDMARK, "arrows=1,2 3,4", FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Edit *edit = edit_of(cases[i].mode, cases[i].text);
        CHECK(edit_hold(edit) == cases[i].holds);
        CHECK(!edit_hold(edit));
        edit_free(edit);
    }
    // A region does not hold; arrows do, of what it encloses.
    Edit *within = edit_of(DRAGON_DRAG, "arrows=1,2 3,4 5,6 7,8;outline=1,1 9,1 9,7");
    CHECK(edit_grasps(within) && !edit_holds(within));
    GArray *grips = edit_grips(within);
    CHECK(grips->len == 2 && g_array_index(grips, dragon_point, 1).y == 6);
    Mask *region = mask_new(9, 9), *other = mask_new(9, 9);
    other->bytes[4] = 255;
    Hold hold = hold_of(region, grips), again = hold_of(other, g_array_ref(grips)), none = {0};
    CHECK(hold_asks_same(&hold, &hold) && !hold_asks_same(&hold, &again) && !hold_asks_same(&hold, &none));
    hold_clear(&hold);
    hold_clear(&again);
    mask_free(region);
    mask_free(other);
    within->as_drawn = TRUE;
    CHECK(!edit_grasps(within));
    edit_free(within);
    Edit *moved = edit_of(DRAGON_MOVE, "outline=1,1 9,1 9,7");
    CHECK(!edit_grasps(moved));
    edit_free(moved);
    Edit *edit = edit_of(DRAGON_DRAG, cases[0].text);
    edit_hold(edit);
    GArray *points = sketch_points(edit->sketch, FALSE);
    CHECK(points->len == 2 && g_array_index(points, dragon_point, 1).x == 5 && edit_holds(edit));
    g_array_unref(points);
    edit_free(edit);
}

// Marks keep their order; others in place of some leave the rest.
static void test_marks(void) {
    Sketch *sketch = sketch_new();
    const Mark marks[] = {{{1, 1}, FALSE}, {{2, 2}, TRUE}, {{3, 3}, FALSE}};
    g_array_append_vals(sketch->marks, marks, 3);
    GArray *points = sketch_points(sketch, TRUE);
    CHECK(points->len == 1 && sketch_means_object(sketch) && !sketch_has_outline(sketch));
    CHECK(sketch_enclosed(sketch, 4, 4) == NULL);
    sketch_set_points(sketch, FALSE, points);
    CHECK(sketch->marks->len == 2 && g_array_index(sketch->marks, Mark, 0).is_beside &&
          g_array_index(sketch->marks, Mark, 1).at.x == 2);
    sketch_clear(sketch);
    CHECK(!sketch_means_object(sketch));
    g_array_unref(points);
    sketch_free(sketch);
}

// --- An engine that finds what it is told ---

struct dragon_selector {
    int32_t width;
};
static dragon_selector the_selector;
static dragon_hint asked;
static int created;
static dragon_status answer_create, answer_find;
static guint8 answer_value;

dragon_status dragon_selector_create(const dragon_picture *picture, dragon_selector **selector) {
    created++;
    the_selector.width = picture->width;
    *selector = &the_selector;
    return answer_create;
}

dragon_status dragon_selector_find(dragon_selector *selector, const dragon_hint *hint, uint8_t *pixels,
                                   int64_t stride) {
    CHECK(selector == &the_selector && stride == 0 && hint->size == sizeof *hint);
    CHECK(!hint->outline.pixels || (hint->outline.width == selector->width && hint->outline.pixels[13] == 255));
    CHECK(hint->inside_count == 0 || hint->inside[0].x == 4);
    CHECK(hint->outside_count == 0 || hint->outside[0].x == 7);
    asked = *hint;
    pixels[5] = answer_value;
    return answer_find;
}

dragon_status dragon_selector_find_held(dragon_selector *selector, const dragon_hint *hint, int32_t *found,
                                        uint8_t *pixels, int64_t stride) {
    CHECK(selector == &the_selector && stride == 0 && hint->size == sizeof *hint && hint->outside_count == 0);
    CHECK(hint->inside_count == 1 && hint->outline.pixels && hint->outline.width == selector->width);
    *found = hint->outline.pixels[3] == 255;
    pixels[6] = *found ? 90 : 0;
    return answer_find;
}

dragon_status dragon_selector_find_shadow(dragon_selector *selector, const dragon_mask *object, int32_t *found,
                                          uint8_t *pixels, int64_t stride) {
    CHECK(selector == &the_selector && stride == 0 && object->width == selector->width);
    *found = object->pixels[3] == 255;
    pixels[6] = *found ? 90 : 0;
    return answer_find;
}

size_t dragon_selector_message(dragon_selector *selector, char *buffer, size_t size) {
    (void)selector;
    return (size_t)g_snprintf(buffer, size, "the engine's words");
}

const char *dragon_status_text(dragon_status status) {
    (void)status;
    return "a status";
}

void dragon_selector_free(dragon_selector *selector) {
    (void)selector;
}

static gboolean finds(Finding *finding, const char *text, const char *reason) {
    Edit *edit = edit_of(DRAGON_MOVE, text);
    GError *error = NULL;
    Mask *mask = finding_object(finding, edit->sketch, &error);
    gboolean is_found = mask != NULL;
    CHECK(is_found == (error == NULL) && (!mask || (mask->width == 10 && mask->height == 8 && mask->bytes[5] == 200)));
    CHECK(!reason || (error && strstr(error->message, reason)));
    g_clear_error(&error);
    mask_free(mask);
    edit_free(edit);
    return is_found;
}

// What the engine is asked, and what becomes of its answers.
static void test_finding(void) {
    Picture *picture = picture_new(10, 8, DRAGON_RGBA_U8);
    Finding *finding = finding_new(picture);
    picture_free(picture);
    CHECK(created == 0);
    answer_value = 200;
    CHECK(finds(finding, "inside=4,5 4,6;outside=7,7", NULL));
    CHECK(asked.inside_count == 2 && asked.outside_count == 1 && !asked.outline.pixels && asked.box_width == 0);
    CHECK(finds(finding, "outline=1,1 9,1 9,7 1,7", NULL));
    CHECK(asked.inside_count == 0 && asked.outside_count == 0 && asked.outline.pixels);
    // The picture is taken once.
    CHECK(created == 1);
    answer_value = 100;
    CHECK(!finds(finding, "inside=4,5", "No object"));
    answer_find = DRAGON_BAD_INPUT;
    CHECK(!finds(finding, "inside=4,5", "the engine's words"));
    finding_free(finding);
    picture = picture_new(10, 8, DRAGON_RGBA_U8);
    finding = finding_new(picture);
    picture_free(picture);
    answer_create = DRAGON_LACKING;
    CHECK(!finds(finding, "inside=4,5", "the engine's words"));
    answer_create = answer_find = DRAGON_OK;
    answer_value = 200;
    CHECK(finds(finding, "inside=4,5", NULL) && created == 3);
    finding_free(finding);
}

// A shadow is what the engine says; where it says nothing, or fails, there is none.
static void test_shadows(void) {
    Picture *picture = picture_new(10, 8, DRAGON_RGBA_U8);
    Finding *finding = finding_new(picture);
    Mask *object = mask_new(10, 8);
    CHECK(finding_shadow(finding, object) == NULL);
    object->bytes[3] = 255;
    Mask *shadow = finding_shadow(finding, object);
    CHECK(shadow && shadow->width == 10 && shadow->height == 8 && shadow->bytes[6] == 90);
    mask_free(shadow);
    answer_find = DRAGON_BAD_INPUT;
    CHECK(finding_shadow(finding, object) == NULL);
    answer_find = DRAGON_OK;
    mask_free(object);
    finding_free(finding);
    picture_free(picture);
}

static void test_grasps(void) {
    Picture *picture = picture_new(10, 8, DRAGON_RGBA_U8);
    Finding *finding = finding_new(picture);
    Mask *region = mask_new(10, 8);
    GArray *grips = g_array_new(FALSE, FALSE, sizeof(dragon_point));
    dragon_point grip = {4, 4};
    g_array_append_val(grips, grip);
    Hold hold = hold_of(region, grips);
    finding_hold(finding, &hold);
    CHECK(hold.object == NULL);
    region->bytes[3] = 255;
    finding_hold(finding, &hold);
    CHECK(hold.object && hold.object->width == 10 && hold.object->bytes[6] == 90);
    answer_find = DRAGON_BAD_INPUT;
    finding_hold(finding, &hold);
    CHECK(hold.object == NULL);
    answer_find = DRAGON_OK;
    hold_clear(&hold);
    mask_free(region);
    finding_free(finding);
    picture_free(picture);
}

// What several hold lives until the last lets go.
static void test_holding(void) {
    Mask *mask = mask_new(3, 2);
    Picture *picture = picture_new(3, 2, DRAGON_RGBA_U8);
    CHECK(mask_hold(mask) == mask && picture_hold(picture) == picture && !mask_hold(NULL) && !picture_hold(NULL));
    mask_free(mask);
    picture_free(picture);
    mask->bytes[5] = 1;
    ((guint8 *)picture->pixels)[23] = 1;
    mask_free(mask);
    picture_free(picture);
}

int main(void) {
    test_sketches();
    test_arrows();
    test_marks();
    test_finding();
    test_shadows();
    test_grasps();
    test_holding();
    printf("sketches: %d checks, %d failures\n", checks, failures);
    return failures ? 1 : 0;
}
