#include "objects.h"

#include <math.h>
#include "reading.h"

static Mask *object_of(const Picture *picture, const GArray *outline, const Mask *selection) {
    if (picture && outline->len)
        return mask_from_outline(picture->width, picture->height, (const dragon_point *)(void *)outline->data,
                                 outline->len);
    return mask_copy(selection);
}

static dragon_point middle_of(const Picture *picture) {
    return (dragon_point){picture->width / 2.0, picture->height / 2.0};
}

// An object of a larger picture may come to lie beside this one, where nobody finds it: it goes to the middle.
static void bring_into_sight(Session *session) {
    const Material *material = session->material;
    const dragon_point *shift = &session->edit->displacement;
    Box box;
    if (session->edit->mode->carries != CARRIES_REFERENCE || !material->reference_mask ||
        !mask_bounds(material->reference_mask, &box))
        return;
    double x = box.x + box.width / 2.0 + shift->x, y = box.y + box.height / 2.0 + shift->y;
    if (x < 0 || y < 0 || x >= material->picture->width || y >= material->picture->height)
        reading_place_object(session->edit, material->reference_mask, middle_of(material->picture));
}

void objects_take(Session *session) {
    Material *material = session->material;
    const Edit *edit = session->edit;
    mask_free(material->mask);
    mask_free(material->reference_mask);
    material->mask = object_of(material->picture, edit->outline, session->selection.mask);
    material->reference_mask =
        object_of(material->reference, edit->reference_outline, session->reference_selection.mask);
    bring_into_sight(session);
    screen_set_mask(&session->base, material->mask);
    screen_set_mask(&session->reference, material->reference_mask);
    session_tell(session, SESSION_OBJECTS | SESSION_EDIT);
}

static void put_back(Edit *edit) {
    edit->displacement = (dragon_point){0};
    edit->resize = 1;
}

// What the active path says counts as long as nothing else was.
static void take_path(Session *session) {
    reading_path(session->host, session->edit, session->material, NULL);
    session_tell(session, SESSION_EDIT);
}

void objects_begin(Session *session) {
    if (mode_takes(session->edit->mode, ARGUMENT_REFERENCE)) {
        objects_read_source(session);
    } else {
        objects_take(session);
        take_path(session);
    }
}

void objects_read_source(Session *session) {
    Host *host = session->host;
    HostLayer *source = session_source(session);
    GError *error = NULL;
    Material *material = session->material;
    Selection *selection = &session->reference_selection;
    g_clear_pointer(&material->reference, picture_free);
    g_clear_pointer(&selection->mask, mask_free);
    if (source)
        material->reference = host->read_picture(host, source, &error);
    if (material->reference) {
        host->selection_changed(host, source, &selection->stamp);
        selection->mask = reading_object(host, session->edit->mode, source, material->reference);
    }
    screen_set(&session->reference, material->reference);
    if (!material->reference)
        session_show_reference(session, FALSE);
    session_tell(session, SESSION_REFERENCE);
    if (session->edit->mode->carries == CARRIES_REFERENCE)
        put_back(session->edit);
    objects_take(session);
    take_path(session);
    session_set_problem(session, error ? error->message : NULL);
    g_clear_error(&error);
}

void objects_set_outline(Session *session, const GArray *points) {
    Edit *edit = session->edit;
    GArray *outline = session->sight.shows_reference ? edit->reference_outline : edit->outline;
    gboolean is_carried = session->sight.shows_reference == (edit->mode->carries == CARRIES_REFERENCE);
    g_array_set_size(outline, 0);
    g_array_append_vals(outline, points->data, points->len);
    if (is_carried)
        put_back(edit);
    objects_take(session);
    if (is_carried && edit->mode->carries == CARRIES_REFERENCE) {
        reading_place_object(edit, session->material->reference_mask, middle_of(session->material->picture));
        session_tell(session, SESSION_EDIT);
    }
}

// A layer whose size was changed no longer fits the pixels that were read.
static gboolean fits(const Mask *mask, const Picture *picture) {
    return !mask || (mask->width == picture->width && mask->height == picture->height);
}

// Takes a selection that the program has changed, unless what was drawn here counts.
static gboolean look(Session *session, HostLayer *layer, const Picture *picture, const GArray *outline,
                     Selection *selection) {
    Host *host = session->host;
    if (!layer || !picture || outline->len || !host->is_open(host, layer) ||
        !host->selection_changed(host, layer, &selection->stamp))
        return FALSE;
    Mask *found = layer == host->base ? host->read_selection(host, layer)
                                      : reading_object(host, session->edit->mode, layer, picture);
    gboolean is_taken = fits(found, picture);
    mask_free(is_taken ? selection->mask : found);
    if (is_taken)
        selection->mask = found;
    return is_taken;
}

void objects_look(Session *session) {
    const Material *material = session->material;
    const Edit *edit = session->edit;
    // A result keeps the masks that its run began with.
    if (session->is_busy)
        return;
    gboolean is_new = look(session, session->host->base, material->picture, edit->outline, &session->selection);
    if (is_new && session->selection.mask)
        session_set_tool(session, TOOL_PLACE);
    is_new |= look(session, session_source(session), material->reference, edit->reference_outline,
                   &session->reference_selection);
    if (is_new)
        objects_take(session);
}
