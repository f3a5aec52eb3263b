#include "path.h"

// An anchor takes three points of a stroke: its own is the middle one, between its two handles.
static dragon_point anchor_at(const gdouble *points, gsize index) {
    return (dragon_point){points[index * 6 + 2], points[index * 6 + 3]};
}

static void append_stroke(const Gimp *gimp, GimpPath *path, gint stroke, gboolean ends, GArray *arrows) {
    gdouble *points = NULL;
    gsize count = 0;
    gboolean closed = FALSE;
    gimp_path_stroke_get_points(path, stroke, &count, &points, &closed);
    gsize anchors = count / 6;
    if (anchors > (ends ? 0 : 1)) {
        dragon_point from = anchor_at(points, 0), to = anchor_at(points, anchors - 1);
        Arrow arrow = {{from.x - gimp->offset_x, from.y - gimp->offset_y},
                       {to.x - gimp->offset_x, to.y - gimp->offset_y}};
        g_array_append_val(arrows, arrow);
    }
    g_free(points);
}

static void append_path(const Gimp *gimp, GimpPath *path, gboolean ends, GArray *arrows) {
    gsize count = 0;
    gint *strokes = gimp_path_get_strokes(path, &count);
    for (gsize i = 0; i < count; i++)
        append_stroke(gimp, path, strokes[i], ends, arrows);
    g_free(strokes);
}

GArray *path_arrows(Host *host, gboolean ends) {
    const Gimp *gimp = (const Gimp *)host;
    GArray *arrows = g_array_new(FALSE, FALSE, sizeof(Arrow));
    GimpPath **paths = gimp_image_get_selected_paths(gimp->image);
    for (guint i = 0; paths && paths[i]; i++)
        append_path(gimp, paths[i], ends, arrows);
    g_free(paths);
    return arrows;
}
