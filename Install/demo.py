"""Two edits of a photo in GIMP 3 without a display: what Install/demo runs. It defines run(PHOTO, FOLDER).

Every step says what it is about to do on a line that starts with "demo:"."""

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl, Gimp, Gio  # noqa: E402

LADYBIRD = [839, 418, 846, 400, 855, 380, 870, 363, 890, 354, 915, 357, 936, 367, 952, 384, 962, 410, 961, 419, 945, 424, 956, 431,
            953, 443, 930, 453, 912, 458, 908, 486, 898, 490, 893, 467, 887, 484, 877, 484, 870, 460, 860, 446, 850, 436, 836, 426]


def say(words):
    print(f"demo: {words}", flush=True)


def load(photo):
    """The photo anew, at a size that shows everything."""
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(photo))
    image.scale(1280, 800)
    return image


def save(image, path):
    copy = image.duplicate()
    copy.flatten()
    Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, copy, Gio.File.new_for_path(path), None)
    copy.delete()


def edit(mode, image, **values):
    """Runs a procedure of the plug-in; what is not said is left to the model."""
    procedure = Gimp.get_pdb().lookup_procedure(f"plug-in-dragon-{mode}")
    config = procedure.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property("image", image)
    config.set_core_object_array("drawables", image.get_selected_layers())
    for name, value in values.items():
        config.set_property(name.replace("_", "-"), value)
    result = procedure.run(config)
    if result.index(0) != Gimp.PDBStatusType.SUCCESS:
        raise RuntimeError(Gimp.get_pdb().get_last_error())
    return result.index(1)


def move(photo, folder):
    image = load(photo)
    save(image, f"{folder}/before.png")
    say("Move Object: the ladybird up its stem")
    # The selection is the object.
    image.select_polygon(Gimp.ChannelOps.REPLACE, LADYBIRD)
    edit("move", image, prompt="a ladybird on a stem", displacement_x=-190.0, displacement_y=-76.0, seed=1)
    save(image, f"{folder}/moved.png")
    image.delete()


def drag(photo, folder):
    image = load(photo)
    say("Drag Content: the bud down")
    # A path's stroke is the arrow. Without a selection, what lies around the arrow may change.
    path = Gimp.Path.new(image, "arrow")
    image.insert_path(path, None, 0)
    path.stroke_new_from_points(Gimp.PathStrokeType.BEZIER, [1068, 305] * 3 + [1040, 345] * 3, False)
    image.set_selected_paths([path])
    edit("drag", image, prompt="a bud", seed=1)
    save(image, f"{folder}/dragged.png")
    image.delete()


def sheet(folder):
    """Before and after side by side, with a word under each."""
    names, width, height, margin, line = ["before", "moved", "dragged"], 640, 400, 8, 32
    image = Gimp.Image.new(margin + 3 * (width + margin), height + line + 2 * margin, Gimp.ImageBaseType.RGB)
    paper = Gimp.Layer.new(image, "paper", image.get_width(), image.get_height(), Gimp.ImageType.RGB_IMAGE, 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(paper, None, -1)
    paper.fill(Gimp.FillType.WHITE)
    Gimp.context_set_foreground(Gegl.Color.new("black"))
    for index, name in enumerate(names):
        x = margin + index * (width + margin)
        layer = Gimp.file_load_layer(Gimp.RunMode.NONINTERACTIVE, image, Gio.File.new_for_path(f"{folder}/{name}.png"))
        image.insert_layer(layer, None, 0)
        layer.scale(width, height, False)
        layer.set_offsets(x, margin)
        words = Gimp.TextLayer.new(image, name, Gimp.context_get_font(), 20, Gimp.Unit.pixel())
        image.insert_layer(words, None, 0)
        words.set_offsets(x, height + margin)
    save(image, f"{folder}/contact-sheet.png")
    image.delete()


def run(photo, folder):
    Gegl.init(None)
    move(photo, folder)
    drag(photo, folder)
    say("putting the pictures side by side")
    sheet(folder)
    say("done")
