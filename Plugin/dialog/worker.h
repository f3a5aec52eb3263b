/// The engine's calls on a thread of their own. The thread touches nothing of GIMP's or GTK's.
#ifndef PLUGIN_WORKER_H
#define PLUGIN_WORKER_H

#include "frames.h"

typedef enum WorkerTask { WORKER_EDIT, WORKER_PREVIEW, WORKER_ADD_MODEL, WORKER_FRAMES } WorkerTask;

/// One call, made of copies of what it needs.
typedef struct Worker Worker;

/// How far a call is.
typedef struct WorkerState {
    dragon_phase phase;
    int step;
    int total;
    double fraction;
    double seconds_left;
    gboolean is_done;
} WorkerState;

/// Starts an edit. Its pictures are not copied and must outlive the worker.
///
/// - engine: used by this worker alone until it is done.
Worker *worker_start(const Edit *edit, const Material *material, Engine *engine);

/// Starts a preview.
///
/// - scale, reference_scale: as request_fill takes them.
/// - under: what it is laid over, of the material's picture or larger.
Worker *worker_start_preview(const Edit *edit, const Material *material, double scale, double reference_scale,
                             const Picture *under);

/// Starts an edit of all frames, which must outlive the worker.
Worker *worker_start_frames(Frames *frames, Engine *engine);

/// Starts the adding of a model.
Worker *worker_start_adding(const char *source);

WorkerState worker_state(Worker *worker);
/// A preview, or the latest intermediate picture of an edit, once; NULL where there is no new one. `box`: the part of
/// the picture that it shows, empty while that is not known.
Picture *worker_take_preview(Worker *worker, Box *box);
/// What a preview touches, once it is done; NULL where there is none. `box`: where the mask lies on its picture; `scale`:
/// pixels of what it was laid over for one of that.
Mask *worker_take_touched(Worker *worker, Box *box, double *scale);
void worker_cancel(Worker *worker);

void worker_wait(Worker *worker);
/// Waits and frees.
void worker_free(Worker *worker);

/// Waits for the end of an edit, of one of all frames, or of the adding of a model, and frees the worker.
///
/// - result: of an edit; NULL where it failed.
/// - edit: with the seed that was drawn.
/// - text: the path of an added model.
/// - Returns: the status; where it is not DRAGON_OK `message` says why.
dragon_status worker_finish(Worker *worker, dragon_result **result, Edit **edit, char **text, char **message);

#endif
