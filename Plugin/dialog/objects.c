// What the objects are, on the picture and on the other one: what was drawn around, else what is selected.
#include "state.h"

#include <math.h>

static Mask *object_of(const Picture *picture, const GArray *outline, const Mask *selection) {
    if (picture && outline->len)
        return mask_from_outline(picture->width, picture->height, (const dragon_point *)(void *)outline->data,
                                 outline->len);
    return mask_copy(selection);
}

// An object of a larger picture may come to lie beside this one, where nobody finds it: it goes to the middle.
static void bring_into_sight(Dialog *dialog) {
    const Material *material = dialog->material;
    dragon_point *shift = &dialog->edit->displacement;
    Box box;
    if (dialog->edit->mode != DRAGON_PASTE || !material->reference_mask || !mask_bounds(material->reference_mask, &box))
        return;
    double x = box.x + box.width / 2.0, y = box.y + box.height / 2.0;
    double width = material->picture->width, height = material->picture->height;
    if (x + shift->x < 0 || y + shift->y < 0 || x + shift->x >= width || y + shift->y >= height)
        *shift = (dragon_point){round(width / 2 - x), round(height / 2 - y)};
}

void objects_take(Dialog *dialog) {
    Material *material = dialog->material;
    preview_stop(dialog);
    mask_free(material->mask);
    mask_free(material->reference_mask);
    material->mask = object_of(material->picture, dialog->edit->outline, dialog->selection);
    material->reference_mask =
        object_of(material->reference, dialog->edit->reference_outline, dialog->reference_selection);
    bring_into_sight(dialog);
    screen_set_mask(&dialog->base, material->mask);
    screen_set_mask(&dialog->reference, material->reference_mask);
    dialog_changed(dialog);
}

// Takes a selection that the program has changed, unless what was drawn here counts.
static gboolean look(DialogLook look, void *data, const Picture *picture, const GArray *outline, Mask **selection) {
    Mask *found = NULL;
    if (!picture || outline->len || !look(data, picture, &found))
        return FALSE;
    mask_free(*selection);
    *selection = found;
    return TRUE;
}

void objects_look(Dialog *dialog) {
    const DialogInput *input = dialog->input;
    const Material *material = dialog->material;
    const Edit *edit = dialog->edit;
    // A result keeps the masks that its run began with.
    if (dialog->worker)
        return;
    gboolean is_new = look(input->look, input->data, material->picture, edit->outline, &dialog->selection);
    if (is_new && dialog->selection)
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(dialog->outline_button), FALSE);
    if (input->source < input->sources->len) {
        const DialogSource *source = &g_array_index(input->sources, DialogSource, input->source);
        is_new |= look(source->look, source->data, material->reference, edit->reference_outline,
                       &dialog->reference_selection);
    }
    if (is_new)
        objects_take(dialog);
}
