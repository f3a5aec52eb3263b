#include "batch.h"

#include "engine.h"
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

HostLayer *batch_run(Host *host, Edit *edit, const Call *call, GError **error) {
    HostLayer *layer = NULL;
    Material material = {0};
    host->begin_progress(host, mode_name(edit->mode));
    if (reading_material(host, edit, call->reference, &material, error)) {
        reading_path(host, edit, &material, call->has_place ? &call->place : NULL);
        reading_held(edit, &material);
        layer = run_on(host, edit, &material, error);
    }
    host->end_progress(host);
    material_clear(&material);
    return layer;
}
