#include "frames.h"

#include <math.h>
#include "finding.h"
#include "frame_names.h"
#include "patch.h"
#include "reading.h"
#include "words.h"

gboolean frames_are_there(Host *host) {
    if (!host->list_frames)
        return FALSE;
    guint active, count = 0;
    GPtrArray *layers = host->list_frames(host, &active);
    for (guint i = 0; i < layers->len; i++) {
        char *name = host->frame_name(host, g_ptr_array_index(layers, i));
        count += frame_name_tells(name);
        g_free(name);
    }
    gboolean are_there = layers->len >= 2 && count > 0;
    g_ptr_array_unref(layers);
    return are_there;
}

// --- What is seen of them --------------------------------------------------------------------------------------------

static void read_frame(Frames *frames, Host *host, guint index, HostLayer *layer) {
    char *name = host->frame_name(host, layer);
    const Picture *before = index > 0 && !frame_name_replaces(name) ? frames->materials[index - 1].picture : NULL;
    frames->materials[index].picture = host->see_frame(host, layer, before);
    g_ptr_array_add(frames->names, frame_name_alone(name));
    g_free(name);
}

Frames *frames_read(Host *host) {
    Frames *frames = g_new0(Frames, 1);
    GPtrArray *layers = host->list_frames(host, &frames->active);
    frames->count = layers->len;
    frames->origin = host->origin(host);
    frames->names = g_ptr_array_new_with_free_func(g_free);
    frames->edits = g_new0(Edit *, frames->count);
    frames->materials = g_new0(Material, frames->count);
    frames->results = g_new0(dragon_result *, frames->count);
    for (guint i = 0; i < frames->count; i++)
        read_frame(frames, host, i, g_ptr_array_index(layers, i));
    g_ptr_array_unref(layers);
    return frames;
}

void frames_free(Frames *frames) {
    if (!frames)
        return;
    for (guint i = 0; i < frames->count; i++) {
        edit_free(frames->edits[i]);
        material_clear(&frames->materials[i]);
        dragon_result_free(frames->results[i]);
    }
    g_ptr_array_unref(frames->names);
    g_free(frames->edits);
    g_free(frames->materials);
    g_free(frames->results);
    g_free(frames);
}

// --- What is edited of each ------------------------------------------------------------------------------------------

// Each frame's own mask. FALSE where there are not as many channels as frames.
static gboolean take_channels(Frames *frames, Host *host, GError **error) {
    GPtrArray *channels = host->read_channels(host);
    gboolean fits = channels->len == frames->count;
    for (guint i = 0; i < channels->len; i++) {
        Mask *mask = g_ptr_array_index(channels, i);
        if (fits)
            frames->materials[i].mask = mask_hold(mask);
        mask_free(mask);
    }
    if (!fits)
        g_set_error(error, WORDS_ERROR, 0, _("There are %u channels for %u frames: give each frame one."),
                    channels->len, frames->count);
    g_ptr_array_unref(channels);
    return fits;
}

// How far what is edited has gone on a frame, from where it is on the active one.
static dragon_point way_to(const Frames *frames, const Edit *edit, guint index) {
    double steps = (double)index - frames->active;
    return (dragon_point){edit->frame_shift.x * steps, edit->frame_shift.y * steps};
}

static void aim(Frames *frames, guint index, const Edit *edit, const Material *material) {
    Material *own = &frames->materials[index];
    dragon_point way = way_to(frames, edit, index);
    edit_free(frames->edits[index]);
    frames->edits[index] = edit_copy(edit);
    edit_shift(frames->edits[index], way);
    if (!edit->takes_channels)
        own->mask = mask_placed(material->mask, own->picture->width, own->picture->height, (int)lround(way.x),
                                (int)lround(way.y));
    own->reference = picture_hold(material->reference);
    own->reference_mask = mask_hold(material->reference_mask);
}

// What is missing counts where anything is to be edited: an object may not be seen on each frame.
static Missing missing_of(const Frames *frames) {
    Missing missing = MISSING_NOTHING;
    for (guint i = 0; i < frames->count; i++) {
        missing = request_missing(frames->edits[i], &frames->materials[i]);
        if (missing == MISSING_NOTHING)
            break;
    }
    return missing;
}

gboolean frames_aim(Frames *frames, Host *host, const Edit *edit, const Material *material, GError **error) {
    if (edit->takes_channels && !take_channels(frames, host, error))
        return FALSE;
    for (guint i = 0; i < frames->count; i++)
        aim(frames, i, edit, material);
    Missing missing = missing_of(frames);
    if (missing != MISSING_NOTHING)
        g_set_error_literal(error, WORDS_ERROR, 0, missing_message(missing));
    return missing == MISSING_NOTHING;
}

// --- What comes of it ------------------------------------------------------------------------------------------------

static void find_shadow(const Edit *edit, Material *material) {
    if (!edit_takes_shadow(edit) || !material->mask || !mask_has_set(material->mask))
        return;
    Finding *finding = finding_new(material->picture);
    material->shadow = finding_shadow(finding, material->mask);
    finding_free(finding);
}

gboolean frames_run(Frames *frames, Engine *engine, dragon_progress_callback progress, void *user_data,
                    GError **error) {
    for (guint i = 0; i < frames->count; i++) {
        find_shadow(frames->edits[i], &frames->materials[i]);
        reading_grasped(frames->edits[i], &frames->materials[i]);
    }
    return engine_run_frames(engine, frames->edits, frames->materials, frames->count, progress, user_data,
                             frames->results, error);
}

static void free_picture(gpointer picture) {
    picture_free(picture);
}

HostLayer *frames_insert(const Frames *frames, Host *host, const Edit *edit, GError **error) {
    GPtrArray *pictures = g_ptr_array_new_with_free_func(free_picture);
    for (guint i = 0; i < frames->count; i++) {
        const Picture *before = frames->materials[i].picture;
        Picture *edited = picture_copy(before);
        Patch patch = patch_of_result(frames->results[i], before->format);
        patch_replace(&patch, edited);
        patch_clear(&patch);
        g_ptr_array_add(pictures, edited);
    }
    HostLayer *layer = host->insert_frames(host, edit, frames->names, pictures, frames->active, error);
    g_ptr_array_unref(pictures);
    return layer;
}
