// What frames of an animation are called, and where what is edited of them lies.
#include <string.h>
#include "check.h"
#include "masks.h"
#include "edit.h"
#include "frame_names.h"

// What stands in a frame's name, in letters of either case.
static void test_frame_names(void) {
    const struct {
        const char *name;
        gboolean tells;
        gboolean replaces;
        const char *alone;
    } cases[] = {{"Background", FALSE, FALSE, "Background (replace)"},
                 {"Frame 2 (100ms)", TRUE, FALSE, "Frame 2 (100ms) (replace)"},
                 {"Frame 2 (100 ms) (combine)", TRUE, FALSE, "Frame 2 (100 ms) (replace)"},
                 {"(Replace)(60MS)", TRUE, TRUE, "(60MS) (replace)"},
                 {"a (COMBINE) b  (replace)", TRUE, TRUE, "a b (replace)"},
                 {"(ms) (12 mm)", FALSE, FALSE, "(ms) (12 mm) (replace)"},
                 {"", FALSE, FALSE, "(replace)"}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *alone = frame_name_alone(cases[i].name);
        CHECK(strcmp(alone, cases[i].alone) == 0);
        CHECK(frame_name_tells(cases[i].name) == cases[i].tells);
        CHECK(frame_name_replaces(cases[i].name) == cases[i].replaces);
        g_free(alone);
    }
}

// A mask at another place, as far as it lies there.
static void test_placing(void) {
    Mask *mask = mask_new(3, 2);
    memset(mask->bytes, 255, 6);
    const int shifts[][3] = {{1, 1, 6}, {-2, 0, 2}, {4, 3, 1}, {9, 0, 0}, {-9, -9, 0}, {0, -1, 3}};
    for (guint i = 0; i < G_N_ELEMENTS(shifts); i++) {
        Mask *placed = mask_placed(mask, 5, 4, shifts[i][0], shifts[i][1]);
        CHECK(set_count(placed) == (guint)shifts[i][2]);
        mask_free(placed);
    }
    Mask *placed = mask_placed(mask, 5, 4, 1, 2);
    Box box;
    CHECK(mask_bounds(placed, &box) && box.x == 1 && box.y == 2 && box.width == 3 && box.height == 2);
    CHECK(mask_placed(NULL, 5, 4, 1, 2) == NULL);
    mask_free(placed);
    mask_free(mask);
    // Places that are counted from another corner.
    Edit *edit = edit_new(mode_of(DRAGON_PASTE));
    CHECK(edit_set_text(edit, "arrows=1,2 3,4;outline=5,6 7,8 9,9;inside=1,1;displacement=2,3;frame-shift=4,-5", NULL));
    edit_shift(edit, (dragon_point){10, 20});
    char *text = edit_to_text(edit);
    CHECK(strstr(text, "arrows=11,22 13,24\noutline=15,26 17,28 19,29\ninside=11,21\n"));
    CHECK(strstr(text, "displacement=12,23\n") && strstr(text, "frame-shift=4,-5\n"));
    g_free(text);
    edit_free(edit);
}

int main(void) {
    test_frame_names();
    test_placing();
    printf("frames: %d checks, %d failures\n", checks, failures);
    return failures > 0;
}
