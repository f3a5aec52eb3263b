#include "placing.h"

#include <math.h>
#include "pieces.h"
#include "words.h"

// The slider goes from a quarter to four times, by hand; the number beside it all the way.
static const double SLIDER_DOUBLINGS = 2;

typedef struct Placing {
    Session *session;
    GtkWidget *size, *percent, *across, *down, *angle, *mirror;
    /// Whether the program sets the numbers.
    gboolean is_following;
} Placing;

static void set_size(Placing *placing, double factor) {
    if (placing->is_following)
        return;
    session_begin_step(placing->session, STEP_SIZE);
    placing->session->edit->resize = CLAMP(factor, DRAGON_LEAST_RESIZE, DRAGON_MOST_RESIZE);
    session_edit_changed(placing->session);
}

static void size_changed(GtkRange *range, Placing *placing) {
    set_size(placing, exp2(gtk_range_get_value(range)));
}

static void percent_changed(GtkSpinButton *button, Placing *placing) {
    set_size(placing, gtk_spin_button_get_value(button) / 100);
}

static void place_changed(Placing *placing) {
    if (placing->is_following)
        return;
    session_begin_step(placing->session, STEP_SHIFT);
    placing->session->edit->displacement.x = gtk_spin_button_get_value(GTK_SPIN_BUTTON(placing->across));
    placing->session->edit->displacement.y = gtk_spin_button_get_value(GTK_SPIN_BUTTON(placing->down));
    session_edit_changed(placing->session);
}

static void turn_changed(Placing *placing) {
    if (placing->is_following)
        return;
    session_begin_step(placing->session, STEP_TURN);
    placing->session->edit->rotate = gtk_spin_button_get_value(GTK_SPIN_BUTTON(placing->angle));
    session_edit_changed(placing->session);
}

static void mirror_changed(Placing *placing) {
    if (placing->is_following)
        return;
    session_begin_step(placing->session, STEP_OWN);
    placing->session->edit->is_flipped = gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(placing->mirror));
    session_edit_changed(placing->session);
}

static void listen(guint events, void *data) {
    Placing *placing = data;
    const Edit *edit = placing->session->edit;
    if (!(events & SESSION_EDIT))
        return;
    placing->is_following = TRUE;
    gtk_range_set_value(GTK_RANGE(placing->size), log2(edit->resize));
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(placing->percent), edit->resize * 100);
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(placing->across), edit->displacement.x);
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(placing->down), edit->displacement.y);
    gtk_spin_button_set_value(GTK_SPIN_BUTTON(placing->angle), remainder(edit->rotate, 360));
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(placing->mirror), edit->is_flipped);
    placing->is_following = FALSE;
}

static GtkWidget *number_new(double lowest, double highest, int digits, const char *tooltip) {
    GtkWidget *button = gtk_spin_button_new_with_range(lowest, highest, 1);
    gtk_spin_button_set_digits(GTK_SPIN_BUTTON(button), (guint)digits);
    gtk_entry_set_width_chars(GTK_ENTRY(button), 6);
    gtk_widget_set_tooltip_text(button, tooltip);
    pieces_pass_wheel(button);
    return button;
}

static GtkWidget *size_row_new(Placing *placing) {
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    // Twice as large is as far from the middle as half as large.
    placing->size = gtk_scale_new_with_range(GTK_ORIENTATION_HORIZONTAL, -SLIDER_DOUBLINGS, SLIDER_DOUBLINGS, 0.05);
    gtk_scale_set_draw_value(GTK_SCALE(placing->size), FALSE);
    gtk_scale_add_mark(GTK_SCALE(placing->size), 0, GTK_POS_BOTTOM, NULL);
    pieces_pass_wheel(placing->size);
    placing->percent = number_new(DRAGON_LEAST_RESIZE * 100, DRAGON_MOST_RESIZE * 100, 0, _("Size in percent"));
    gtk_widget_set_valign(placing->percent, GTK_ALIGN_CENTER);
    g_signal_connect(placing->size, "value-changed", G_CALLBACK(size_changed), placing);
    g_signal_connect(placing->percent, "value-changed", G_CALLBACK(percent_changed), placing);
    gtk_box_pack_start(GTK_BOX(row), placing->size, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), placing->percent, FALSE, FALSE, 0);
    return pieces_captioned(_("Si_ze of the object (%)"), placing->percent, row);
}

static GtkWidget *shift_row_new(Placing *placing) {
    const double most = DRAGON_MOST_DISPLACEMENT;
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    placing->across = number_new(-most, most, 0, _("Pixels to the right"));
    placing->down = number_new(-most, most, 0, _("Pixels downwards"));
    g_signal_connect_swapped(placing->across, "value-changed", G_CALLBACK(place_changed), placing);
    g_signal_connect_swapped(placing->down, "value-changed", G_CALLBACK(place_changed), placing);
    gtk_box_pack_start(GTK_BOX(row), pieces_captioned(_("To the ri_ght (px)"), placing->across, placing->across), TRUE,
                       TRUE, 0);
    gtk_box_pack_start(GTK_BOX(row), pieces_captioned(_("_Down (px)"), placing->down, placing->down), TRUE, TRUE, 0);
    return row;
}

static GtkWidget *turn_row_new(Placing *placing) {
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
    placing->angle = number_new(-180, 180, 1, _("Degrees, clockwise"));
    gtk_spin_button_set_wrap(GTK_SPIN_BUTTON(placing->angle), TRUE);
    placing->mirror = gtk_toggle_button_new_with_label(_("Mirror"));
    gtk_widget_set_tooltip_text(placing->mirror, _("Left for right, before it is turned"));
    gtk_widget_set_valign(placing->mirror, GTK_ALIGN_END);
    g_signal_connect_swapped(placing->angle, "value-changed", G_CALLBACK(turn_changed), placing);
    g_signal_connect_swapped(placing->mirror, "toggled", G_CALLBACK(mirror_changed), placing);
    gtk_box_pack_start(GTK_BOX(row), pieces_captioned(_("Turn b_y (°)"), placing->angle, placing->angle), TRUE, TRUE,
                       0);
    gtk_box_pack_start(GTK_BOX(row), placing->mirror, TRUE, TRUE, 0);
    return row;
}

static void remove_arrows(Session *session) {
    session_begin_step(session, STEP_OWN);
    g_array_set_size(session->edit->arrows, 0);
    session_edit_changed(session);
}

GtkWidget *placing_new(Session *session) {
    const Mode *mode = session->edit->mode;
    if (mode_takes(mode, ARGUMENT_ARROWS))
        return pieces_button(_("Remove all arro_ws"), NULL, G_CALLBACK(remove_arrows), session);
    if (mode->carries == CARRIES_NOTHING)
        return NULL;
    Placing *placing = g_new0(Placing, 1);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    placing->session = session;
    gtk_box_pack_start(GTK_BOX(box), size_row_new(placing), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), shift_row_new(placing), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), turn_row_new(placing), FALSE, FALSE, 0);
    pieces_own(box, placing);
    session_listen(session, listen, placing);
    return box;
}
