#include "sketch.h"

Sketch *sketch_new(void) {
    Sketch *sketch = g_new(Sketch, 1);
    sketch->outline = g_array_new(FALSE, TRUE, sizeof(dragon_point));
    sketch->marks = g_array_new(FALSE, TRUE, sizeof(Mark));
    return sketch;
}

Sketch *sketch_copy(const Sketch *sketch) {
    Sketch *copy = g_new(Sketch, 1);
    copy->outline = g_array_copy(sketch->outline);
    copy->marks = g_array_copy(sketch->marks);
    return copy;
}

void sketch_free(Sketch *sketch) {
    if (!sketch)
        return;
    g_array_unref(sketch->outline);
    g_array_unref(sketch->marks);
    g_free(sketch);
}

void sketch_clear(Sketch *sketch) {
    g_array_set_size(sketch->outline, 0);
    g_array_set_size(sketch->marks, 0);
}

static gboolean points_equal(dragon_point a, dragon_point b) {
    return a.x == b.x && a.y == b.y;
}

gboolean sketch_equal(const Sketch *a, const Sketch *b) {
    if (a->outline->len != b->outline->len || a->marks->len != b->marks->len)
        return FALSE;
    for (guint i = 0; i < a->outline->len; i++)
        if (!points_equal(g_array_index(a->outline, dragon_point, i), g_array_index(b->outline, dragon_point, i)))
            return FALSE;
    for (guint i = 0; i < a->marks->len; i++) {
        Mark first = g_array_index(a->marks, Mark, i), second = g_array_index(b->marks, Mark, i);
        if (!points_equal(first.at, second.at) || first.is_beside != second.is_beside)
            return FALSE;
    }
    return TRUE;
}

void sketch_shift(Sketch *sketch, dragon_point shift) {
    for (guint i = 0; i < sketch->outline->len; i++) {
        dragon_point *point = &g_array_index(sketch->outline, dragon_point, i);
        *point = (dragon_point){point->x + shift.x, point->y + shift.y};
    }
    for (guint i = 0; i < sketch->marks->len; i++) {
        dragon_point *at = &g_array_index(sketch->marks, Mark, i).at;
        *at = (dragon_point){at->x + shift.x, at->y + shift.y};
    }
}

gboolean sketch_has_outline(const Sketch *sketch) {
    return sketch->outline->len > 2;
}

gboolean sketch_means_object(const Sketch *sketch) {
    for (guint i = 0; i < sketch->marks->len; i++)
        if (!g_array_index(sketch->marks, Mark, i).is_beside)
            return TRUE;
    return sketch_has_outline(sketch);
}

GArray *sketch_points(const Sketch *sketch, gboolean beside) {
    GArray *points = g_array_new(FALSE, FALSE, sizeof(dragon_point));
    for (guint i = 0; i < sketch->marks->len; i++) {
        Mark mark = g_array_index(sketch->marks, Mark, i);
        if (mark.is_beside == beside)
            g_array_append_val(points, mark.at);
    }
    return points;
}

void sketch_set_points(Sketch *sketch, gboolean beside, const GArray *points) {
    for (guint i = sketch->marks->len; i-- > 0;)
        if (g_array_index(sketch->marks, Mark, i).is_beside == beside)
            g_array_remove_index(sketch->marks, i);
    for (guint i = 0; i < points->len; i++) {
        Mark mark = {g_array_index(points, dragon_point, i), beside};
        g_array_append_val(sketch->marks, mark);
    }
}

Mask *sketch_enclosed(const Sketch *sketch, int width, int height) {
    if (!sketch_has_outline(sketch))
        return NULL;
    return mask_from_outline(width, height, (const dragon_point *)(void *)sketch->outline->data, sketch->outline->len);
}
