/// The finished edits of a session.
#ifndef PLUGIN_RESULTS_H
#define PLUGIN_RESULTS_H

#include "engine.h"
#include "screen.h"

typedef struct Outcome {
    dragon_result *result;
    /// As the canvas shows it.
    cairo_surface_t *surface;
    /// With the seed that was taken, and what it was made from beside the picture.
    Edit *edit;
    Material made_from;
    guint source;
    guint64 made_pixels;
} Outcome;

typedef struct Results {
    /// Of Outcome.
    GPtrArray *list;
    /// Which one is shown; −1 for the preview.
    int shown;
} Results;

void results_begin(Results *results);
void results_end(Results *results);

/// Keeps a result and shows it. Takes over result and edit; masks and reference are held.
void results_keep(Results *results, dragon_result *result, Edit *edit, const Material *material, guint source,
                  const Screen *base);

/// The one that is shown; NULL for none.
Outcome *results_shown(const Results *results);

/// A result that was made as this edit would be, whatever its seed; NULL for none. `with_seed`: only of the same seed.
const Outcome *results_find(const Results *results, const Edit *edit, const Material *material, guint source,
                            gboolean with_seed);

#endif
