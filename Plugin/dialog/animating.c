#include "animating.h"

#include "pieces.h"
#include "words.h"

typedef struct Animating {
    Session *session;
    GtkWidget *all, *way, *across, *down;
    /// Whether the program sets the widgets.
    gboolean is_following;
} Animating;

// A result stays: it is of one frame, whatever becomes of the others.
static void changed(Animating *animating) {
    Edit *edit = animating->session->edit;
    if (animating->is_following)
        return;
    edit->edits_frames = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(animating->all));
    edit->frame_shift.x = gtk_spin_button_get_value(GTK_SPIN_BUTTON(animating->across));
    edit->frame_shift.y = gtk_spin_button_get_value(GTK_SPIN_BUTTON(animating->down));
    session_tell(animating->session, SESSION_EDIT);
}

static void listen(guint events, void *data) {
    Animating *animating = data;
    const Edit *edit = animating->session->edit;
    if (!(events & SESSION_EDIT))
        return;
    animating->is_following = TRUE;
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(animating->all), edit->edits_frames);
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(animating->across), edit->frame_shift.x);
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(animating->down), edit->frame_shift.y);
    gtk_widget_set_visible(animating->way, edit->edits_frames);
    animating->is_following = FALSE;
}

static GtkWidget *number_new(const char *tooltip, Animating *animating) {
    const double most = DRAGON_MOST_DISPLACEMENT;
    GtkWidget *button = gtk_spin_button_new_with_range(-most, most, 1);
    gtk_entry_set_width_chars(GTK_ENTRY(button), 6);
    gtk_widget_set_tooltip_text(button, tooltip);
    pieces_pass_wheel(button);
    g_signal_connect_swapped(button, "value-changed", G_CALLBACK(changed), animating);
    return button;
}

static GtkWidget *way_new(Animating *animating) {
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    animating->across = number_new(_("Pixels to the right"), animating);
    animating->down = number_new(_("Pixels downwards"), animating);
    gtk_box_pack_start(GTK_BOX(row), animating->across, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), animating->down, TRUE, TRUE, 0);
    GtkWidget *captioned = pieces_captioned(_("From frame to frame it goes on by (px)"), animating->across, row);
    gtk_widget_show_all(captioned);
    gtk_widget_set_no_show_all(captioned, TRUE);
    return captioned;
}

GtkWidget *animating_new(Session *session) {
    if (!session->is_animation)
        return NULL;
    Animating *animating = g_new0(Animating, 1);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    animating->session = session;
    animating->all = gtk_check_button_new_with_mnemonic(_("All frame_s"));
    gtk_widget_set_tooltip_text(animating->all,
                                _("Run shows the edit of this frame. Insert makes it of all of them, in a "
                                  "new image: each layer is a frame."));
    g_signal_connect_swapped(animating->all, "toggled", G_CALLBACK(changed), animating);
    animating->way = way_new(animating);
    gtk_box_pack_start(GTK_BOX(box), animating->all, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), animating->way, FALSE, FALSE, 0);
    pieces_own(box, animating);
    session_listen(session, listen, animating);
    return box;
}
