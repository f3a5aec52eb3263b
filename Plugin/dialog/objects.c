#include "objects.h"

#include <math.h>
#include "reading.h"

static gboolean is_found(const Found *found, const Sketch *sketch) {
    return found->sketch && sketch_equal(found->sketch, sketch);
}

// Until a sketch is found, what it was found to mean before stands for it, else what is drawn.
static Mask *object_of(const Edit *edit, const Picture *picture, const Sketch *sketch, const Found *found,
                       Mask *selection) {
    if (!picture || !edit_sketches(edit, sketch))
        return mask_hold(selection);
    if (edit_finds(edit, sketch) && found->mask)
        return mask_hold(found->mask);
    return sketch_enclosed(sketch, picture->width, picture->height);
}

// The object becomes this one.
static void set_object(Mask **object, Mask *mask, Screen *screen) {
    gboolean is_same = mask == *object;
    mask_free(*object);
    *object = mask;
    // In a large picture that takes its time.
    if (!is_same)
        screen_set_mask(screen, mask);
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

// The shadow of the object as it is now; none while it is not known.
static void follow_shadow(Session *session) {
    Material *material = session->material;
    gboolean casts = session->edit->mode->shadow_label && material->mask && mask_has_set(material->mask);
    gboolean is_known = casts && mask_equal(session->casting.object, material->mask);
    Mask *shadow = is_known ? session->casting.shadow : NULL;
    session->is_finding_shadow = casts && !is_known;
    if (shadow == material->shadow)
        return;
    mask_free(material->shadow);
    material->shadow = mask_hold(shadow);
    screen_set_shadow(&session->base, shadow);
}

// What the arrows hold of the region as they are now; all of it while that is not known.
static void follow_hold(Session *session) {
    Material *material = session->material;
    Hold asked = material_hold(material, session->edit);
    gboolean is_known = asked.region && hold_asks_same(&session->hold, &asked);
    Mask *held = is_known ? session->hold.object : NULL;
    session->is_finding_hold = asked.region && !is_known;
    hold_clear(&asked);
    if (held == material->held)
        return;
    mask_free(material->held);
    material->held = mask_hold(held);
    screen_set_held(&session->base, held);
}

void objects_grasp(Session *session) {
    follow_hold(session);
    if (session->hold.region || session->is_finding_hold)
        session_tell(session, SESSION_OBJECTS);
}

void objects_take_hold(Session *session, Hold hold) {
    hold_clear(&session->hold);
    session->hold = hold;
    follow_hold(session);
    session_tell(session, SESSION_OBJECTS);
}

void objects_take_shadow(Session *session, Mask *object, Mask *shadow) {
    mask_free(session->casting.object);
    mask_free(session->casting.shadow);
    session->casting = (Casting){object, shadow};
    follow_shadow(session);
    session_tell(session, SESSION_OBJECTS);
}

void objects_take(Session *session) {
    Material *material = session->material;
    const Edit *edit = session->edit;
    const Found *found = &session->found, *reference_found = &session->reference_found;
    set_object(&material->mask, object_of(edit, material->picture, edit->sketch, found, session->selection.mask),
               &session->base);
    set_object(&material->reference_mask,
               object_of(edit, material->reference, edit->reference_sketch, reference_found,
                         session->reference_selection.mask),
               &session->reference);
    follow_shadow(session);
    follow_hold(session);
    session->is_finding =
        (edit_finds(edit, edit->sketch) && !is_found(found, edit->sketch)) ||
        (edit_finds(edit, edit->reference_sketch) && !is_found(reference_found, edit->reference_sketch));
    bring_into_sight(session);
    session_tell(session, SESSION_OBJECTS | SESSION_EDIT);
}

static void forget(Found *found) {
    g_clear_pointer(&found->sketch, sketch_free);
    g_clear_pointer(&found->mask, mask_free);
}

void objects_hold(Session *session) {
    if (session->material->mask || !session->material->picture)
        return;
    session_begin_step(session, STEP_OWN);
    if (edit_hold(session->edit))
        objects_take(session);
    history_end_step(session->history);
}

// What the active path says counts as long as nothing else was.
static void take_path(Session *session) {
    reading_path(session->host, session->edit, session->material, (dragon_point){0}, NULL);
    session_tell(session, SESSION_EDIT);
    objects_hold(session);
    objects_grasp(session);
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
    g_clear_pointer(&material->reference_mask, mask_free);
    forget(&session->reference_found);
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
        edit_put_back(session->edit);
    objects_take(session);
    take_path(session);
    // Places on another picture mean nothing on this one.
    session_forget_steps(session);
    session_set_problem(session, error ? error->message : NULL);
    g_clear_error(&error);
}

static void place_in_middle(Session *session) {
    reading_place_object(session->edit, session->material->reference_mask, middle_of(session->material->picture));
    session_tell(session, SESSION_EDIT);
}

void objects_take_new(Session *session) {
    Edit *edit = session->edit;
    gboolean of_reference = session->sight.shows_reference;
    gboolean is_carried = of_reference == (edit->mode->carries == CARRIES_REFERENCE);
    forget(of_reference ? &session->reference_found : &session->found);
    if (is_carried)
        edit_put_back(edit);
    objects_take(session);
    if (is_carried && of_reference)
        place_in_middle(session);
}

// Whether a pasted object lies where it was put at first.
static gboolean lies_in_middle(const Session *session) {
    const Material *material = session->material;
    Edit placed = {0};
    reading_place_object(&placed, material->reference_mask, middle_of(material->picture));
    const dragon_point *shift = &session->edit->displacement;
    return shift->x == placed.displacement.x && shift->y == placed.displacement.y;
}

void objects_take_back(Session *session) {
    const Edit *edit = session->edit;
    // What was found of another outline is not this one's.
    if (!is_found(&session->found, edit->sketch))
        forget(&session->found);
    if (!is_found(&session->reference_found, edit->reference_sketch))
        forget(&session->reference_found);
    objects_take(session);
    objects_look(session);
}

void objects_take_found(Session *session, gboolean of_reference, Sketch *sketch, Mask *mask) {
    Found *found = of_reference ? &session->reference_found : &session->found;
    gboolean is_placed = of_reference && session->edit->mode->carries == CARRIES_REFERENCE && lies_in_middle(session);
    forget(found);
    *found = (Found){sketch, mask};
    objects_take(session);
    if (is_placed)
        place_in_middle(session);
}

// A layer whose size was changed no longer fits the pixels that were read.
static gboolean fits(const Mask *mask, const Picture *picture) {
    return !mask || (mask->width == picture->width && mask->height == picture->height);
}

// Takes a selection that the program has changed, unless what was drawn here counts.
static gboolean look(Session *session, HostLayer *layer, const Picture *picture, const Sketch *sketch,
                     Selection *selection) {
    Host *host = session->host;
    if (!layer || !picture || edit_sketches(session->edit, sketch) || !host->is_open(host, layer) ||
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
    gboolean is_new = look(session, session->host->base, material->picture, edit->sketch, &session->selection);
    if (is_new && session->selection.mask)
        session_set_tool(session, TOOL_PLACE);
    is_new |= look(session, session_source(session), material->reference, edit->reference_sketch,
                   &session->reference_selection);
    if (is_new)
        objects_take(session);
}

void objects_select(Session *session) {
    Host *host = session->host;
    Selection *selection = &session->selection;
    Mask *mask = session->material->mask;
    GError *error = NULL;
    if (!mask || !host->select || !host->select(host, host->base, mask, &error)) {
        session_set_problem(session, error ? error->message : NULL);
        g_clear_error(&error);
        return;
    }
    // It is our own: no change to take.
    host->selection_changed(host, host->base, &selection->stamp);
    mask_free(selection->mask);
    selection->mask = mask_hold(mask);
}
