#include "seeker.h"

struct Seeker {
    GThread *thread;
    /// The thread's.
    Finding *finding;

    GMutex lock;
    GCond changed;
    // Under the lock. What is asked for, until the thread takes it; what it answers, until that is taken.
    Sketch *question;
    Answer answer;
    gboolean is_ending;
};

static void clear_answer(Answer *answer) {
    sketch_free(answer->sketch);
    mask_free(answer->mask);
    g_clear_error(&answer->error);
    *answer = (Answer){0};
}

// --- On the thread ---------------------------------------------------------------------------------------------------

// What to find next; NULL at the end.
static Sketch *await_question(Seeker *seeker) {
    g_mutex_lock(&seeker->lock);
    while (!seeker->question && !seeker->is_ending)
        g_cond_wait(&seeker->changed, &seeker->lock);
    Sketch *question = seeker->is_ending ? NULL : g_steal_pointer(&seeker->question);
    g_mutex_unlock(&seeker->lock);
    return question;
}

static gpointer work(gpointer data) {
    Seeker *seeker = data;
    Sketch *question;
    finding_prepare(seeker->finding);
    while ((question = await_question(seeker))) {
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

void seeker_free(Seeker *seeker) {
    if (!seeker)
        return;
    g_mutex_lock(&seeker->lock);
    seeker->is_ending = TRUE;
    g_cond_signal(&seeker->changed);
    g_mutex_unlock(&seeker->lock);
    g_thread_join(seeker->thread);
    sketch_free(seeker->question);
    clear_answer(&seeker->answer);
    finding_free(seeker->finding);
    g_mutex_clear(&seeker->lock);
    g_cond_clear(&seeker->changed);
    g_free(seeker);
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
