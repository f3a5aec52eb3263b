#include "hint.h"

#include "pieces.h"
#include "words.h"

typedef struct Hint {
    Session *session;
    GtkWidget *stack;
} Hint;

static const char OUTLINE[] = "outline", REFINE[] = "refine", OUTLINE_REFERENCE[] = "reference";

static void add(const Hint *hint, const char *name, const char *text) {
    gtk_stack_add_named(GTK_STACK(hint->stack), pieces_text(text), name);
}

static char *name_of(Missing missing) {
    return g_strdup_printf("%d", (int)missing);
}

static gboolean can_miss(const Mode *mode, Missing missing) {
    switch (missing) {
    case MISSING_OBJECT:
    case MISSING_FIRM_OBJECT:
        return mode->mask == MASK_OBJECT;
    case MISSING_REFERENCE:
    case MISSING_REFERENCE_OBJECT:
        return mode_takes(mode, ARGUMENT_REFERENCE);
    case MISSING_ARROWS:
        return mode_takes(mode, ARGUMENT_ARROWS);
    default:
        return missing == mode->unless_changed;
    }
}

// While an object is outlined: how, and then how it is bettered. NULL for anything else.
static const char *name_of_outlining(const Session *session) {
    const Sight *sight = &session->sight;
    const Material *material = session->material;
    gboolean has_object = sight->shows_reference ? material->reference_mask != NULL : material->mask != NULL;
    gboolean is_refined = edit_finds(session->edit, session_sketch(session)) && (has_object || session->is_finding);
    if (!sight->shows_reference && (sight->tool != TOOL_OUTLINE || session->edit->mode->mask != MASK_OBJECT))
        return NULL;
    return is_refined ? REFINE : sight->shows_reference ? OUTLINE_REFERENCE : OUTLINE;
}

static void listen(guint events, void *data) {
    Hint *hint = data;
    const Session *session = hint->session;
    if (!(events & (SESSION_EDIT | SESSION_OBJECTS | SESSION_REFERENCE | SESSION_SIGHT)))
        return;
    const char *outlining = name_of_outlining(session);
    char *name = outlining ? g_strdup(outlining) : name_of(session_missing(session));
    gtk_stack_set_visible_child_name(GTK_STACK(hint->stack), name);
    g_free(name);
}

GtkWidget *hint_new(Session *session) {
    const Mode *mode = session->edit->mode;
    Hint *hint = g_new0(Hint, 1);
    hint->session = session;
    hint->stack = gtk_stack_new();
    for (Missing missing = MISSING_NOTHING; missing < MISSING_COUNT; missing++) {
        char *name = name_of(missing);
        if (missing == MISSING_NOTHING)
            add(hint, name, _(mode->ready));
        else if (can_miss(mode, missing))
            add(hint, name, missing_hint(missing));
        g_free(name);
    }
    if (mode_takes(mode, ARGUMENT_REFERENCE))
        add(hint, OUTLINE_REFERENCE, _("Draw around the object that is taken from this picture, or click on it."));
    if (mode->mask == MASK_OBJECT)
        add(hint, OUTLINE, missing_hint(MISSING_OBJECT));
    if (mode->mask == MASK_OBJECT || mode_takes(mode, ARGUMENT_REFERENCE))
        add(hint, REFINE,
            mode->carries == CARRIES_OBJECT
                ? _("Click on what is missing; with Ctrl, on what is not of it. A click on a mark takes it away. Then "
                    "drag the object, or press Enter.")
                : _("Click on what is missing; with Ctrl, on what is not of it. A click on a mark takes it away. Then "
                    "press Enter."));
    pieces_own(hint->stack, hint);
    session_listen(session, listen, hint);
    return hint->stack;
}
