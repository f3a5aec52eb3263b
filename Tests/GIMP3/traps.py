"""What differs in GIMP 3 and fails silently elsewhere: filters, several paths and layers, layers that are not pixels, crops; and bad input."""

import checks
from checks import (GREEN, RED, WHITE, Gegl, Gimp, Gio, add_filter, call, check, colour_at, fill, finish, make_image, move, near, numbers_at,
                    say, seen_at, select, text_of)

Kind, Mode = Gimp.ImageType, Gimp.LayerMode
DARK_CYAN = [26, 204, 230]  # RED, inverted


def check_sentence(name, message, part):
    check(f"{name}: {message}", message is not None and part in message)


def check_done(name, layer, message):
    check(f"{name}: {message}", layer is not None)
    return layer is not None


# --- Filters that lie on a layer, not in its pixels ---
def filters():
    image, source = make_image(colours=((0.4, 0.4, 0.4), RED))
    add_filter(source, "gegl:invert-gamma")
    before, seen = numbers_at(source, 56, 56), seen_at(image, 56, 56)
    check("filters: they are seen", near(seen, DARK_CYAN, 1))
    layer, message = move(image, source, 48, 8)
    if check_done("filters", layer, message):
        check("filters: what is seen is moved", near(seen_at(image, 104, 64), DARK_CYAN, 1))
        # The filter holds for what was selected as it came: the ground is as it was.
        check("filters: its old place is filled as seen", near(seen_at(image, 56, 56), [102, 102, 102], 3))
        check("filters: the original keeps them", len(source.get_filters()) == 1)
        check("filters: the original keeps its pixels", numbers_at(source, 56, 56) == before)
        check("filters: no image is left", len(Gimp.get_images()) == 1)
    image.delete()


def filter_that_grows():
    # A shadow to the left makes what is seen larger: places stay where they are.
    image, source = make_image(kind=Kind.RGBA_IMAGE, size=(120, 100), at=(20, 16))
    add_filter(source, "gegl:dropshadow", x=-30.0, y=-10.0, radius=0.0)
    layer, message = move(image, source, 40, 8)
    if check_done("shadow", layer, message):
        check("shadow: the object arrives where it should", near(seen_at(image, 96, 64), [230, 51, 26], 1))
        check("shadow: left of it is the ground", near(seen_at(image, 78, 64), [255, 255, 255], 3))
    image.delete()


def filters_on_other_layers():
    image, source = make_image(kind=Kind.RGBA_IMAGE)
    source.set_opacity(60)
    add_filter(source, "gegl:invert-gamma")
    layer, message = move(image, source, 48, 8)
    if check_done("filters, half seen", layer, message):
        check("filters, half seen: the copy has none", len(layer.get_filters()) == 0)
        check("filters, half seen: the copy has their colours", near(colour_at(layer, 104, 64)[:3], DARK_CYAN, 1))
        check("filters, half seen: the copy has the opacity", abs(layer.get_opacity() - 60) < 0.1)
        check("filters, half seen: the original is hidden and keeps them", not source.get_visible() and len(source.get_filters()) == 1)
    image.delete()

    image, source = make_image()
    add_filter(source, "gegl:invert-gamma").set_visible(False)
    layer, message = move(image, source, 48, 8)
    if check_done("hidden filter", layer, message):
        check("hidden filter: it does not count", near(seen_at(image, 104, 64), [230, 51, 26], 1))
    image.delete()

    image, source = make_image()
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    image.reorder_item(source, group, 0)
    add_filter(group, "gegl:invert-gamma")
    select(image, 40, 40)
    layer, message = move(image, group, 48, 8)
    if check_done("filter on a group", layer, message):
        check("filter on a group: what is seen is moved", near(seen_at(image, 104, 64), DARK_CYAN, 1))
        check("filter on a group: the group keeps it", len(group.get_filters()) == 1 and group.is_group())
    image.delete()

    image, source = make_image()
    other, reference = make_image(colours=(WHITE, GREEN))
    add_filter(reference, "gegl:invert-gamma")
    layer, message = call("paste", image, [source], reference=reference, x=100.0, y=80.0)
    if check_done("filter on a reference", layer, message):
        check("filter on a reference: what is seen is pasted", near(seen_at(image, 100, 80), [230, 51, 178], 1))
    image.delete()
    other.delete()


# --- Several of a kind ---
def add_path(image, *anchors):
    path = Gimp.Path.new(image, "path")
    image.insert_path(path, None, 0)
    points = [number for x, y in anchors for number in (x, y) * 3]
    path.stroke_new_from_points(Gimp.PathStrokeType.BEZIER, points, False)
    return path


def several_paths():
    image, source = make_image()
    paths = [add_path(image, (50, 50), (58, 54)), add_path(image, (90, 60), (96, 66)), add_path(image, (20, 20), (30, 30))]
    image.set_selected_paths(paths[:2])
    layer, message = call("landmark", image, [source])
    if check_done("paths", layer, message):
        arrows = next(line for line in text_of(layer).splitlines() if line.startswith("arrows=")).split("=")[1]
        numbers = [float(number) for number in arrows.replace(",", " ").split()]
        check(f"paths: those that are selected are arrows: {arrows}", sorted(numbers) == sorted([50, 50, 58, 54, 90, 60, 96, 66]))
    image.delete()


def several_layers():
    image, source = make_image()
    other = source.copy()
    image.insert_layer(other, None, 0)
    layer, message = call("move", image, [source, other], displacement_x=24.0)
    check_sentence("two layers", message, "Several layers are selected")
    layer, message = call("move", image, [], displacement_x=24.0)
    check_sentence("no layer", message, "no such image or layer")
    check("two layers: nothing is lost", len(image.get_layers()) == 2)
    image.delete()


# --- Layers that are not pixels ---
def check_not_rasterised(name, image, source, state):
    """Both ways of inserting: a layer above, and a copy in its place."""
    before = state(source)
    for opacity in 100, 50:
        source.set_opacity(opacity)
        image.set_selected_layers([source])
        select(image, 10, 10, 30, 30)
        layer, message = move(image, source, 36, 20)
        if not check_done(f"{name}, {opacity} %", layer, message):
            continue
        check(f"{name}, {opacity} %: the result is pixels", type(layer) is Gimp.Layer)
        check(f"{name}, {opacity} %: the source is what it was", Gimp.Item.get_by_id(source.get_id()) is not None and state(source) == before)
        image.remove_layer(layer)
        source.set_visible(True)
    image.delete()


def text_layer():
    image, _ = make_image()
    text = Gimp.TextLayer.new(image, "Dragon", Gimp.context_get_font(), 60, Gimp.Unit.pixel())
    image.insert_layer(text, None, 0)
    check_not_rasterised("text", image, text, lambda layer: (type(layer), layer.get_text(), layer.get_font_size()[0], len(layer.get_filters())))


def newer_layers(folder):
    """Of GIMP 3.2 on."""
    if not hasattr(Gimp, "LinkLayer"):
        return say("no link and vector layers: this GIMP has none")
    image, source = make_image()
    file = Gio.File.new_for_path(f"{folder}/linked.png")
    Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None)
    link = Gimp.LinkLayer.new(image, file)
    image.insert_layer(link, None, 0)
    check_not_rasterised("link", image, link, lambda layer: (type(layer), layer.get_file().get_path(), layer.is_rasterized()))

    image, source = make_image()
    path = add_path(image, (10, 10), (120, 20), (60, 110))
    vector = Gimp.VectorLayer.new(image, path)
    image.insert_layer(vector, None, 0)
    vector.refresh()
    check_not_rasterised("vector", image, vector, lambda layer: (type(layer), layer.get_path(), layer.is_rasterized()))


# --- Offsets ---
def crop():
    image, source = make_image()
    image.crop(100, 90, 30, 20)  # the layer is cut with the image
    larger, below = make_image(size=(240, 200), at=(-30, -20))
    for name, image, source in ("cropped", image, source), ("layer beyond the image", larger, below):
        fill(source, WHITE)
        _, x, y = source.get_offsets()
        fill(source, RED, (16 - x, 20 - y, 20, 20))
        select(image, 16, 20, 20, 20)
        layer, message = move(image, source, 40, 30)
        if check_done(name, layer, message):
            check(f"{name}: the object arrives", near(seen_at(image, 66, 60), [230, 51, 26], 1))
            check(f"{name}: its old place is filled", near(seen_at(image, 26, 30), [255, 255, 255], 3))
        image.delete()


# --- Bad input ---
def locks():
    for name, lock in (("pixels", lambda layer: layer.set_lock_content(True)), ("position", lambda layer: layer.set_lock_position(True)),
                       ("alpha", lambda layer: layer.set_lock_alpha(True)), ("visibility", lambda layer: layer.set_lock_visibility(True))):
        for opacity in 100, 50:
            image, source = make_image(kind=Kind.RGBA_IMAGE)
            source.set_opacity(opacity)
            lock(source)
            before = numbers_at(source, 56, 56)
            layer, message = move(image, source, 48, 8)
            name_here = f"locked {name}, {opacity} %"
            if check_done(name_here, layer, message):
                check(f"{name_here}: the object arrives", near(colour_at(layer, 104, 64)[:3], [230, 51, 26], 1))
                check(f"{name_here}: the source is as it was", numbers_at(source, 56, 56) == before)
                check(f"{name_here}: the source is hidden behind a copy", source.get_visible() == (opacity == 100))
            image.delete()


def floating_selection():
    image, source = make_image()
    floating = Gimp.Selection.float(image, [source], 10, 10)
    for drawable in floating, source:
        layer, message = move(image, drawable, 48, 8)
        check_sentence("floating selection", message, "Anchor the floating selection")
    check("floating selection: it is still there", image.get_floating_sel() is not None)
    image.delete()


def soft_proofing():
    image, source = make_image()
    plain, _ = move(image, source, 48, 8)
    wanted = colour_at(plain, 104, 64), colour_at(plain, 56, 56)
    image.delete()
    image, source = make_image()
    check("proofing: the profile is taken", image.set_simulation_profile(Gimp.ColorProfile.new_from_file(Gio.File.new_for_path(f"{checks.profiles}/cmyk.icc"))))
    layer, message = move(image, source, 48, 8)
    if check_done("proofing", layer, message):
        check("proofing: it changes no pixel", (colour_at(layer, 104, 64), colour_at(layer, 56, 56)) == wanted)
    image.delete()


def deleted():
    image, source = make_image()
    other, gone = make_image()
    other.delete()
    layer, message = call("paste", image, [source], reference=gone, x=10.0, y=10.0)
    check_sentence("a reference that is gone", message, "")
    channel = Gimp.Channel.new(image, "c", 160, 128, 100, Gegl.Color.new("black"))
    image.insert_channel(channel, None, 0)
    layer, message = move(image, channel, 48, 8)
    check_sentence("a channel", message, "channels")
    mask = source.create_mask(Gimp.AddMaskType.WHITE)
    source.add_mask(mask)
    layer, message = move(image, mask, 48, 8)
    check_done("a layer's mask stands for it", layer, message)
    image.delete()


filters()
filter_that_grows()
filters_on_other_layers()
several_paths()
several_layers()
text_layer()
newer_layers(checks.profiles)
crop()
locks()
floating_selection()
soft_proofing()
deleted()
check("no image is left over", len(Gimp.get_images()) == 0)
finish()
