#include "seeker.h"

/// A look of a model at the picture.
typedef struct Attention {
    /// NULL for none.
    GThread *thread;
    Engine *engine;
    Edit *edit;
    gint is_stopped, has_ended;
    /// Of the thread until it has ended.
    dragon_status status;
} Attention;

struct Seeker {
    GThread *thread;
    Attention attention;
    /// The thread's.
    Finding *finding;

    GMutex lock;
    GCond changed;
    // Under the lock. What is asked for, until the thread takes it; what it answers, until that is taken.
    Sketch *question;
    Answer answer;
    /// The same of a shadow.
    Mask *object;
    Cast cast;
    /// And of what arrows hold; without a region there is none.
    Hold asked, held;
    gboolean is_ending;
};

static void clear_answer(Answer *answer) {
    sketch_free(answer->sketch);
    mask_free(answer->mask);
    g_clear_error(&answer->error);
    *answer = (Answer){0};
}

static void clear_cast(Cast *cast) {
    mask_free(cast->object);
    mask_free(cast->shadow);
    *cast = (Cast){0};
}

// --- On the thread ---------------------------------------------------------------------------------------------------

/// What to find next: one of these.
typedef struct Question {
    Sketch *sketch;
    Mask *object;
    Hold hold;
} Question;

// FALSE at the end.
static gboolean await_question(Seeker *seeker, Question *question) {
    *question = (Question){0};
    g_mutex_lock(&seeker->lock);
    while (!seeker->question && !seeker->object && !seeker->asked.region && !seeker->is_ending)
        g_cond_wait(&seeker->changed, &seeker->lock);
    gboolean goes_on = !seeker->is_ending;
    if (goes_on && seeker->question)
        question->sketch = g_steal_pointer(&seeker->question);
    else if (goes_on && seeker->object)
        question->object = g_steal_pointer(&seeker->object);
    else if (goes_on) {
        question->hold = seeker->asked;
        seeker->asked = (Hold){0};
    }
    g_mutex_unlock(&seeker->lock);
    return goes_on;
}

static void find_object(Seeker *seeker, Sketch *question) {
    Answer answer = {.sketch = question};
    answer.mask = finding_object(seeker->finding, question, &answer.error);
    g_mutex_lock(&seeker->lock);
    // Where another question came meanwhile nobody waits for this.
    if (!seeker->question) {
        clear_answer(&seeker->answer);
        seeker->answer = answer;
        answer = (Answer){0};
    }
    g_mutex_unlock(&seeker->lock);
    clear_answer(&answer);
}

static void find_shadow(Seeker *seeker, Mask *object) {
    Cast cast = {object, finding_shadow(seeker->finding, object)};
    g_mutex_lock(&seeker->lock);
    if (!seeker->object) {
        clear_cast(&seeker->cast);
        seeker->cast = cast;
        cast = (Cast){0};
    }
    g_mutex_unlock(&seeker->lock);
    clear_cast(&cast);
}

static void find_hold(Seeker *seeker, Hold hold) {
    finding_hold(seeker->finding, &hold);
    g_mutex_lock(&seeker->lock);
    if (!seeker->asked.region) {
        hold_clear(&seeker->held);
        seeker->held = hold;
        hold = (Hold){0};
    }
    g_mutex_unlock(&seeker->lock);
    hold_clear(&hold);
}

static gpointer work(gpointer data) {
    Seeker *seeker = data;
    Question question;
    finding_prepare(seeker->finding);
    while (await_question(seeker, &question))
        if (question.sketch)
            find_object(seeker, question.sketch);
        else if (question.object)
            find_shadow(seeker, question.object);
        else
            find_hold(seeker, question.hold);
    return NULL;
}

// --- On the other thread ---------------------------------------------------------------------------------------------

static gpointer attend(gpointer data) {
    Seeker *seeker = data;
    Attention *attention = &seeker->attention;
    dragon_selector *selector = finding_selector(seeker->finding);
    attention->status = DRAGON_LACKING;
    if (selector)
        attention->status = engine_attend(attention->engine, attention->edit, selector, &attention->is_stopped);
    g_atomic_int_set(&attention->has_ended, TRUE);
    return NULL;
}

// --- From the main thread --------------------------------------------------------------------------------------------

Seeker *seeker_new(Picture *picture) {
    Seeker *seeker = g_new0(Seeker, 1);
    g_mutex_init(&seeker->lock);
    g_cond_init(&seeker->changed);
    seeker->finding = finding_new(picture);
    seeker->thread = g_thread_new("dragon-seeker", work, seeker);
    return seeker;
}

static void end_attending(Seeker *seeker) {
    if (seeker->attention.thread)
        g_thread_join(seeker->attention.thread);
    edit_free(seeker->attention.edit);
    seeker->attention = (Attention){0};
}

void seeker_free(Seeker *seeker) {
    if (!seeker)
        return;
    seeker_stop_attending(seeker);
    end_attending(seeker);
    g_mutex_lock(&seeker->lock);
    seeker->is_ending = TRUE;
    g_cond_signal(&seeker->changed);
    g_mutex_unlock(&seeker->lock);
    g_thread_join(seeker->thread);
    sketch_free(seeker->question);
    clear_answer(&seeker->answer);
    mask_free(seeker->object);
    clear_cast(&seeker->cast);
    hold_clear(&seeker->asked);
    hold_clear(&seeker->held);
    finding_free(seeker->finding);
    g_mutex_clear(&seeker->lock);
    g_cond_clear(&seeker->changed);
    g_free(seeker);
}

void seeker_attend(Seeker *seeker, Engine *engine, const Edit *edit) {
    if (seeker->attention.thread)
        return;
    seeker->attention.engine = engine;
    seeker->attention.edit = edit_copy(edit);
    seeker->attention.thread = g_thread_new("dragon-attention", attend, seeker);
}

void seeker_stop_attending(Seeker *seeker) {
    Attention *attention = &seeker->attention;
    if (!attention->thread)
        return;
    g_atomic_int_set(&attention->is_stopped, TRUE);
    engine_hurry(attention->engine);
}

Look seeker_look(Seeker *seeker) {
    Attention *attention = &seeker->attention;
    if (attention->thread && !g_atomic_int_get(&attention->has_ended))
        return LOOK_RUNNING;
    // What cannot be is not tried again; what made room for an edit is.
    dragon_status status = attention->status;
    gboolean is_done = attention->thread && status != DRAGON_CANCELLED && status != DRAGON_BUSY;
    end_attending(seeker);
    return is_done ? LOOK_DONE : LOOK_NONE;
}

void seeker_ask(Seeker *seeker, const Sketch *sketch) {
    g_mutex_lock(&seeker->lock);
    sketch_free(seeker->question);
    seeker->question = sketch_copy(sketch);
    clear_answer(&seeker->answer);
    g_cond_signal(&seeker->changed);
    g_mutex_unlock(&seeker->lock);
}

gboolean seeker_take(Seeker *seeker, Answer *answer) {
    g_mutex_lock(&seeker->lock);
    *answer = seeker->answer;
    seeker->answer = (Answer){0};
    g_mutex_unlock(&seeker->lock);
    return answer->sketch != NULL;
}

void seeker_ask_shadow(Seeker *seeker, Mask *object) {
    g_mutex_lock(&seeker->lock);
    mask_free(seeker->object);
    seeker->object = mask_hold(object);
    clear_cast(&seeker->cast);
    g_cond_signal(&seeker->changed);
    g_mutex_unlock(&seeker->lock);
}

gboolean seeker_take_shadow(Seeker *seeker, Cast *cast) {
    g_mutex_lock(&seeker->lock);
    *cast = seeker->cast;
    seeker->cast = (Cast){0};
    g_mutex_unlock(&seeker->lock);
    return cast->object != NULL;
}

void seeker_ask_hold(Seeker *seeker, Hold hold) {
    g_mutex_lock(&seeker->lock);
    hold_clear(&seeker->asked);
    hold_clear(&seeker->held);
    seeker->asked = hold;
    g_cond_signal(&seeker->changed);
    g_mutex_unlock(&seeker->lock);
}

gboolean seeker_take_hold(Seeker *seeker, Hold *hold) {
    g_mutex_lock(&seeker->lock);
    *hold = seeker->held;
    seeker->held = (Hold){0};
    g_mutex_unlock(&seeker->lock);
    return hold->region != NULL;
}
