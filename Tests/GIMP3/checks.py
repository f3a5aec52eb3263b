"""What the checks in Python share: counting, pictures to edit, calls of the plug-in."""

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl, Gimp, Gio  # noqa: E402

Gegl.init(None)
counts = {"checks": 0, "failures": 0}
report = None


def begin(path):
    global report
    report = open(path, "w")


def say(words):
    print(words, file=report, flush=True)


def check(what, good):
    counts["checks"] += 1
    if not good:
        counts["failures"] += 1
        say(f"FAILED: {what}")


def finish():
    say(f"{counts['checks']} checks, {counts['failures']} failures")
    say("ALL GOOD" if counts["failures"] == 0 else "SOME FAILED")
    report.close()


# --- Pictures to edit ---
WHITE, RED, GREEN = (1, 1, 1), (0.9, 0.2, 0.1), (0.1, 0.8, 0.3)


def fill(drawable, colour, box=None):
    """Writes numbers as they are, whatever they mean: three, or one for grey."""
    buffer = drawable.get_buffer()
    x, y, width, height = box or (0, 0, drawable.get_width(), drawable.get_height())
    kind = encoding(drawable)
    import struct

    codes = {"u8": ("B", 255), "u16": ("H", 65535), "u32": ("I", 2**32 - 1), "half": ("e", 1), "float": ("f", 1), "double": ("d", 1)}
    code, scale = codes[kind.split()[-1]]
    numbers = list(colour) + ([1] if drawable.has_alpha() else [])
    pixel = b"".join(struct.pack("<" + code, value * scale if scale == 1 else round(value * scale)) for value in numbers)
    buffer.set(Gegl.Rectangle.new(x, y, width, height), kind, pixel * (width * height))
    buffer.flush()
    drawable.update(x, y, width, height)


def encoding(drawable):
    """The drawable's own format, without its space."""
    import gi.repository.Babl as Babl

    return Babl.format_get_encoding(drawable.get_format())


def numbers_at(drawable, x, y):
    """A pixel's own numbers, 0 … 1, at a place of the image."""
    import struct

    _, left, top = drawable.get_offsets()
    kind = encoding(drawable)
    data = drawable.get_buffer().get(Gegl.Rectangle.new(x - left, y - top, 1, 1), 1.0, kind, Gegl.AbyssPolicy.NONE)
    codes = {"u8": ("B", 255), "u16": ("H", 65535), "u32": ("I", 2**32 - 1), "half": ("e", 1), "float": ("f", 1), "double": ("d", 1)}
    code, scale = codes[kind.split()[-1]]
    size = struct.calcsize(code)
    return [value[0] / scale for value in struct.iter_unpack("<" + code, bytes(data)[: len(data) // size * size])]


def colour_at(drawable, x, y):
    """A pixel in sRGB, 0 … 255, with alpha, at a place of the image."""
    _, left, top = drawable.get_offsets()
    data = drawable.get_buffer().get(Gegl.Rectangle.new(x - left, y - top, 1, 1), 1.0, "R'G'B'A u8", Gegl.AbyssPolicy.NONE)
    return list(data)


def seen_at(image, x, y):
    """What is seen at a place, 0 … 255."""
    copy = image.duplicate()
    copy.undo_disable()
    colour = colour_at(copy.flatten(), x, y)
    copy.delete()
    return colour[:3]


def near(a, b, most):
    return len(a) == len(b) and all(abs(x - y) <= most for x, y in zip(a, b))


def make_image(base=Gimp.ImageBaseType.RGB, precision=Gimp.Precision.U8_NON_LINEAR, kind=None, size=(160, 128), at=(0, 0), profile=None,
               colours=(WHITE, RED)):
    """An image of 160 × 128 with a layer of one colour, and a square of another selected in it."""
    image = Gimp.Image.new_with_precision(160, 128, base, precision)
    if profile:
        image.set_color_profile_from_file(Gio.File.new_for_path(profile))
    if kind is None:
        kind = Gimp.ImageType.GRAY_IMAGE if base == Gimp.ImageBaseType.GRAY else Gimp.ImageType.RGB_IMAGE
    layer = Gimp.Layer.new(image, "source", *size, kind, 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, None, -1)
    layer.set_offsets(*at)
    fill(layer, colours[0])
    fill(layer, colours[1], (40 - at[0], 40 - at[1], 32, 32))
    select(image, 40, 40)
    return image, layer


def select(image, x, y, width=32, height=32):
    image.select_rectangle(Gimp.ChannelOps.REPLACE, x, y, width, height)


def add_filter(drawable, operation, **values):
    layer_filter = Gimp.DrawableFilter.new(drawable, operation, operation)
    config = layer_filter.get_config()
    for key, value in values.items():
        config.set_property(key, value)
    layer_filter.update()
    drawable.append_filter(layer_filter)
    return layer_filter


# --- Calls of the plug-in ---
def call(mode, image, drawables, **values):
    """Runs a mode: its new layer and no message, or no layer and the message."""
    procedure = Gimp.get_pdb().lookup_procedure(f"plug-in-dragon-{mode}")
    config = procedure.create_config()
    values = {"run_mode": Gimp.RunMode.NONINTERACTIVE, "image": image, "seed": 7, "steps": 2, **values}
    for key, value in values.items():
        config.set_property(key.replace("_", "-"), value)
    config.set_core_object_array("drawables", drawables)
    result = procedure.run(config)
    if result.index(0) == Gimp.PDBStatusType.SUCCESS:
        return result.index(1), None
    return None, str(result.index(1)) if result.length() > 1 else "cancelled"


def move(image, layer, dx, dy, **values):
    return call("move", image, [layer], displacement_x=dx, displacement_y=dy, **values)


def text_of(layer):
    return bytes(layer.get_parasite("dragon-edit").get_data()).decode().rstrip("\0")
