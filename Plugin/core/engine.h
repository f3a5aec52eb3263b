/// The engine with its loaded model. One thread at a time, but for engine_cancel and for what looks at a picture.
#ifndef PLUGIN_ENGINE_H
#define PLUGIN_ENGINE_H

#include "request.h"

typedef struct Engine Engine;

Engine *engine_new(void);
/// Cancels what runs, and waits for it.
void engine_free(Engine *engine);

/// Opens the model that the edit names, unless it is open, and runs the edit on the calling thread, which is told of
/// progress. A seed that is not set is drawn, and written into the edit. NULL with an error, which is
/// WORDS_ERROR_CANCELLED after a cancel.
dragon_result *engine_run(Engine *engine, Edit *edit, const Material *material, dragon_progress_callback progress,
                          void *user_data, GError **error);

/// The same on all frames of an animation, one edit and material each, in whose `results` there is then one result each. All
/// are made under the first one's model, numbers and seed. FALSE with an error.
gboolean engine_run_frames(Engine *engine, Edit *const *edits, const Material *materials, guint count,
                           dragon_progress_callback progress, void *user_data, dragon_result **results, GError **error);

/// From any thread: ends what runs.
void engine_cancel(Engine *engine);

/// Whether the network of a model says more of a picture than its colours do: those of Stable Diffusion's size.
gboolean engine_can_attend(const dragon_model_info *info);

/// On any thread: opens the model that the edit names, unless it is open, and has it look at a selector's picture, so that objects
/// are told by what its network attends to as well. Nothing runs beside an edit: DRAGON_CANCELLED as soon as `is_stopped` is set or a
/// run begins, DRAGON_BUSY where one is under way.
dragon_status engine_attend(Engine *engine, const Edit *edit, dragon_selector *selector, const gint *is_stopped);
/// From any thread, once `is_stopped` is set: it ends within a second.
void engine_hurry(Engine *engine);

/// What the engine shows at once on small copies of the pictures; scales as request_fill takes them. NULL where it
/// cannot.
dragon_result *engine_preview(const Edit *edit, const Material *material, double scale, double reference_scale);

/// The part of the picture that the network sees. The model is open; an edit may run.
gboolean engine_area(Engine *engine, const Edit *edit, const Material *material, Box *box);

/// A model's own parameters of a mode, without opening it; the published ones where there is no such model. `path`:
/// empty for the first that is found.
dragon_parameters engine_usual(const char *path, const Mode *mode);

/// What the edit's model is with its LoRA, without opening it. FALSE with a reason, which is the caller's, where they
/// cannot be opened together; then there is nothing in `info`.
gboolean engine_inspect(const Edit *edit, dragon_model_info *info, char **problem);

/// A copy of an 8-bit picture with a result laid over it; `scale`: its pixels for each of the result's.
Picture *engine_result_over(const Picture *picture, dragon_result *result, double scale);

/// Pixels of a result that were made anew; where there are none another seed gives the same.
guint64 engine_result_made_pixels(dragon_result *result);

/// A result's place, its pixels, its mask.
Box engine_result_box(dragon_result *result);
Picture *engine_result_picture(dragon_result *result, dragon_pixel_format format);
Mask *engine_result_mask(dragon_result *result);

/// How much of each of its pixels the edit may change.
Mask *engine_result_extent(dragon_result *result);

#endif
