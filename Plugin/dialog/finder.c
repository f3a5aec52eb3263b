#include "finder.h"

#include "objects.h"
#include "seeker.h"

static const guint POLL_MILLISECONDS = 10;
// A look takes seconds.
static const guint LOOK_MILLISECONDS = 100;

/// One of the pictures.
typedef struct Search {
    /// NULL until something is, or is soon, to be found in it. With the picture that it looks at.
    Seeker *seeker;
    const Picture *picture;
    /// What is asked for; NULL for nothing.
    Sketch *asked;
    /// Whose shadow is asked for; NULL for none.
    Mask *object;
    /// What arrows hold of a region, asked for; without one nothing is.
    Hold hold;
    /// The model that looks at the picture, and the one that did; NULL for none.
    char *looking, *seen_by;
} Search;

struct Finder {
    Session *session;
    Engine *engine;
    /// Of the picture, and of the other one.
    Search searches[2];
    guint timer, look_timer;
};

static void stop(Search *search) {
    g_clear_pointer(&search->seeker, seeker_free);
    g_clear_pointer(&search->asked, sketch_free);
    g_clear_pointer(&search->object, mask_free);
    hold_clear(&search->hold);
    g_clear_pointer(&search->looking, g_free);
    g_clear_pointer(&search->seen_by, g_free);
    search->picture = NULL;
}

// --- Answers ---------------------------------------------------------------------------------------------------------

static void take(Finder *finder, gboolean of_reference) {
    Search *search = &finder->searches[of_reference];
    Answer answer;
    if (!search->asked || !seeker_take(search->seeker, &answer))
        return;
    g_clear_pointer(&search->asked, sketch_free);
    objects_take_found(finder->session, of_reference, answer.sketch, answer.mask);
    // Where nothing is found that arrows could hold, they bend what is around them.
    if (answer.error && !(edit_holds(finder->session->edit) && !of_reference))
        session_set_problem(finder->session, answer.error->message);
    g_clear_error(&answer.error);
}

static void take_shadow(Finder *finder) {
    Search *search = &finder->searches[FALSE];
    Cast cast;
    if (!search->object || !seeker_take_shadow(search->seeker, &cast))
        return;
    g_clear_pointer(&search->object, mask_free);
    objects_take_shadow(finder->session, cast.object, cast.shadow);
}

static void take_hold(Finder *finder) {
    Search *search = &finder->searches[FALSE];
    Hold hold;
    if (!search->hold.region || !seeker_take_hold(search->seeker, &hold))
        return;
    hold_clear(&search->hold);
    objects_take_hold(finder->session, hold);
}

static gboolean poll(gpointer data) {
    Finder *finder = data;
    for (int i = 0; i < 2; i++)
        take(finder, i);
    take_shadow(finder);
    take_hold(finder);
    const Search *own = &finder->searches[FALSE];
    if (own->asked || own->object || own->hold.region || finder->searches[TRUE].asked)
        return G_SOURCE_CONTINUE;
    finder->timer = 0;
    return G_SOURCE_REMOVE;
}

// --- Questions -------------------------------------------------------------------------------------------------------

// Whether the user looks at a picture to point out an object in it.
static gboolean is_looked_at(const Session *session, gboolean of_reference) {
    const Sight *sight = &session->sight;
    return of_reference ? sight->shows_reference
                        : sight->tool == TOOL_OUTLINE && session->edit->mode->mask == MASK_OBJECT;
}

static void prepare(Search *search, Picture *picture) {
    if (search->seeker)
        return;
    search->seeker = seeker_new(picture);
    search->picture = picture;
}

static void await_answer(Finder *finder) {
    if (!finder->timer)
        finder->timer = g_timeout_add(POLL_MILLISECONDS, poll, finder);
}

static void ask(Finder *finder, gboolean of_reference) {
    const Session *session = finder->session;
    const Sketch *sketch = of_reference ? session->edit->reference_sketch : session->edit->sketch;
    const Found *found = of_reference ? &session->reference_found : &session->found;
    Picture *picture = of_reference ? session->material->reference : session->material->picture;
    Search *search = &finder->searches[of_reference];
    if (search->picture != picture)
        stop(search);
    // It takes longer than an object.
    if (picture && is_looked_at(session, of_reference))
        prepare(search, picture);
    if (!picture || !edit_finds(session->edit, sketch) || (found->sketch && sketch_equal(found->sketch, sketch))) {
        g_clear_pointer(&search->asked, sketch_free);
        return;
    }
    if (search->asked && sketch_equal(search->asked, sketch))
        return;
    prepare(search, picture);
    sketch_free(search->asked);
    search->asked = sketch_copy(sketch);
    seeker_ask(search->seeker, sketch);
    await_answer(finder);
}

// What an object casts is looked for as soon as that is known.
static void ask_shadow(Finder *finder) {
    const Session *session = finder->session;
    Search *search = &finder->searches[FALSE];
    Mask *object = session->material->mask;
    if (!session->is_finding_shadow || session->is_finding) {
        g_clear_pointer(&search->object, mask_free);
        return;
    }
    if (mask_equal(search->object, object))
        return;
    prepare(search, session->material->picture);
    mask_free(search->object);
    search->object = mask_hold(object);
    seeker_ask_shadow(search->seeker, object);
    await_answer(finder);
}

// What arrows hold of a region is looked for while they are drawn.
static void ask_hold(Finder *finder) {
    const Session *session = finder->session;
    Search *search = &finder->searches[FALSE];
    Hold hold = session->is_finding_hold ? material_hold(session->material, session->edit) : (Hold){0};
    if (hold_asks_same(&search->hold, &hold)) {
        hold_clear(&hold);
        return;
    }
    hold_clear(&search->hold);
    search->hold = hold;
    if (!hold.region)
        return;
    prepare(search, session->material->picture);
    seeker_ask_hold(search->seeker, hold_of(hold.region, g_array_ref(hold.grips)));
    await_answer(finder);
}

// --- What the model sees ---------------------------------------------------------------------------------------------

// The model that is to look at the pictures; NULL for none.
static const char *looking_model(const Session *session) {
    gboolean can_look = !session->is_busy && !session->lacks_model && engine_can_attend(&session->info);
    return can_look ? session->edit->model : NULL;
}

// Whether a picture is looked at; by another model than it should be no longer than can be helped.
static gboolean watch(Search *search, const char *model) {
    if (!search->looking)
        return FALSE;
    Look look = seeker_look(search->seeker);
    if (look == LOOK_RUNNING) {
        if (g_strcmp0(search->looking, model) != 0)
            seeker_stop_attending(search->seeker);
        return TRUE;
    }
    char *looked = g_steal_pointer(&search->looking);
    if (look == LOOK_DONE) {
        g_free(search->seen_by);
        search->seen_by = g_steal_pointer(&looked);
    }
    g_free(looked);
    return FALSE;
}

static gboolean look_on(gpointer data);

// The pictures in which something is, or is soon, to be found are looked at one after the other.
static void look(Finder *finder) {
    const char *model = looking_model(finder->session);
    gboolean looks = FALSE;
    for (int i = 0; i < 2; i++)
        looks |= watch(&finder->searches[i], model);
    for (int i = 0; i < 2 && model && !looks; i++) {
        Search *search = &finder->searches[i];
        if (!search->seeker || g_strcmp0(search->seen_by, model) == 0)
            continue;
        search->looking = g_strdup(model);
        seeker_attend(search->seeker, finder->engine, finder->session->edit);
        looks = TRUE;
    }
    if (looks && !finder->look_timer)
        finder->look_timer = g_timeout_add(LOOK_MILLISECONDS, look_on, finder);
    if (!looks && finder->look_timer) {
        g_source_remove(finder->look_timer);
        finder->look_timer = 0;
    }
}

static gboolean look_on(gpointer data) {
    Finder *finder = data;
    finder->look_timer = 0;
    look(finder);
    return G_SOURCE_REMOVE;
}

static void listen(guint events, void *data) {
    Finder *finder = data;
    if (events & (SESSION_OBJECTS | SESSION_REFERENCE | SESSION_SIGHT)) {
        for (int i = 0; i < 2; i++)
            ask(finder, i);
        ask_shadow(finder);
        ask_hold(finder);
    }
    if (events & (SESSION_OBJECTS | SESSION_REFERENCE | SESSION_SIGHT | SESSION_MODEL | SESSION_BUSY))
        look(finder);
}

Finder *finder_new(Session *session, Engine *engine) {
    Finder *finder = g_new0(Finder, 1);
    finder->session = session;
    finder->engine = engine;
    session_listen(session, listen, finder);
    return finder;
}

void finder_free(Finder *finder) {
    if (finder->timer)
        g_source_remove(finder->timer);
    if (finder->look_timer)
        g_source_remove(finder->look_timer);
    for (int i = 0; i < 2; i++)
        stop(&finder->searches[i]);
    g_free(finder);
}
