#include "batch.h"

#include "frames.h"
#include "reading.h"
#include "words.h"

static int32_t tell(const dragon_progress *progress, void *user_data) {
    Host *host = user_data;
    host->show_progress(host, progress->fraction);
    return 0;
}

static HostLayer *run_on(Host *host, Edit *edit, const Material *material, GError **error) {
    Missing missing = request_missing(edit, material);
    if (missing != MISSING_NOTHING) {
        g_set_error_literal(error, WORDS_ERROR, 0, missing_message(missing));
        return NULL;
    }
    Engine *engine = engine_new();
    HostLayer *layer = NULL;
    dragon_result *result = engine_run(engine, edit, material, tell, host, error);
    if (result) {
        layer = host->insert(host, edit, material, result, error);
        dragon_result_free(result);
    }
    engine_free(engine);
    return layer;
}

static HostLayer *run_picture(Host *host, Edit *edit, const Call *call, Material *material, GError **error) {
    if (!reading_material(host, edit, call->reference, material, error))
        return NULL;
    reading_path(host, edit, material, (dragon_point){0}, call->has_place ? &call->place : NULL);
    reading_held(edit, material);
    reading_grasped(edit, material);
    return run_on(host, edit, material, error);
}

// What is edited is told on the active frame, as it is seen. The edit's places are the image's.
static gboolean aim(Frames *frames, Host *host, Edit *edit, const Call *call, Material *material, GError **error) {
    material->picture = picture_hold(frames->materials[frames->active].picture);
    if (!reading_objects(host, edit, NULL, call->reference, material, error))
        return FALSE;
    reading_path(host, edit, material, frames->origin, call->has_place ? &call->place : NULL);
    reading_held(edit, material);
    return frames_aim(frames, host, edit, material, error);
}

static HostLayer *run_frames(Host *host, Edit *edit, const Call *call, Material *material, GError **error) {
    Engine *engine = engine_new();
    HostLayer *layer = NULL;
    Frames *frames = frames_read(host);
    edit_shift(edit, frames->origin);
    gboolean good = aim(frames, host, edit, call, material, error);
    edit_shift(edit, (dragon_point){-frames->origin.x, -frames->origin.y});
    if (good && frames_run(frames, engine, tell, host, error)) {
        // With the seed that was drawn.
        edit->options = frames->edits[0]->options;
        layer = frames_insert(frames, host, edit, error);
    }
    frames_free(frames);
    engine_free(engine);
    return layer;
}

HostLayer *batch_run(Host *host, Edit *edit, const Call *call, GError **error) {
    Material material = {0};
    host->begin_progress(host, mode_name(edit->mode));
    HostLayer *layer = edit->edits_frames ? run_frames(host, edit, call, &material, error)
                                          : run_picture(host, edit, call, &material, error);
    host->end_progress(host);
    material_clear(&material);
    return layer;
}
