/// An animation: the layers of an image as its frames, and one edit of all of them.
#ifndef PLUGIN_FRAMES_H
#define PLUGIN_FRAMES_H

#include "engine.h"
#include "host.h"

typedef struct Frames {
    guint count;
    /// Which one the base is of, and where the base's corner lies on it.
    guint active;
    dragon_point origin;
    /// Of char: what the edited frames are called.
    GPtrArray *names;
    /// One each, in the image's pixels: the frame as it is seen, with what is edited of it; then what came of it.
    Edit **edits;
    Material *materials;
    dragon_result **results;
} Frames;

/// Whether the layers of the base's image say of themselves that they are frames.
gboolean frames_are_there(Host *host);

/// Reads all frames as they are seen. The caller's.
Frames *frames_read(Host *host);
void frames_free(Frames *frames);

/// Says what is edited of each, by what is edited of the active one, in the image's pixels. FALSE with a
/// reason.
gboolean frames_aim(Frames *frames, Host *host, const Edit *edit, const Material *material, GError **error);

/// Finds shadows that are wanted, and runs the edit, on the calling thread, which is told of progress; the seed that was drawn is in the first frame's edit.
gboolean frames_run(Frames *frames, Engine *engine, dragon_progress_callback progress, void *user_data, GError **error);

/// Makes an image of what came of it; the layer of the active frame, or NULL with a reason.
HostLayer *frames_insert(const Frames *frames, Host *host, const Edit *edit, GError **error);

#endif
