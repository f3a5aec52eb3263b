"""Colours of profiles other than sRGB: an object that moves keeps its own numbers, and what fills its place is as the ground."""

import checks
from checks import Gimp, check, finish, make_image, move, near, numbers_at

RGB, GRAY = Gimp.ImageBaseType.RGB, Gimp.ImageBaseType.GRAY
P = Gimp.Precision
# Within sRGB, at its border, and far beyond.
COLOURS = [(0.5, 0.5, 0.5), (0.8, 0.3, 0.2)], [(0.5, 0.5, 0.5), (0.0, 1.0, 0.0)], [(0.2, 0.3, 0.25), (1.0, 0.05, 0.9)]
# The same within a profile of tables: at its own border it does not lead back to where it came from.
INNER_COLOURS = [(0.5, 0.5, 0.5), (0.8, 0.3, 0.2)], [(0.5, 0.5, 0.5), (0.35, 0.85, 0.3)], [(0.2, 0.3, 0.25), (0.9, 0.3, 0.8)]
GREYS = [(0.4,), (0.75,)], [(0.9,), (0.05,)]
PRECISIONS = P.U8_NON_LINEAR, P.U8_LINEAR, P.U16_NON_LINEAR, P.U16_LINEAR, P.U32_LINEAR, P.HALF_NON_LINEAR, P.FLOAT_LINEAR, P.FLOAT_NON_LINEAR
worst = 0


def check_kept(name, base, precision, profile, colours):
    global worst
    image, source = make_image(base, precision, profile=profile and f"{checks.profiles}/{profile}", colours=colours)
    ground, object_ = numbers_at(source, 20, 20), numbers_at(source, 56, 56)
    layer, message = move(image, source, 48, 8)
    if layer is None:
        check(f"{name}: {message}", False)
    else:
        count = len(object_)
        moved, filled = numbers_at(layer, 104, 64)[:count], numbers_at(layer, 56, 56)[:count]
        worst = max(worst, max(abs(a - b) for a, b in zip(moved, object_)))
        check(f"{name}: {object_} arrives as {moved}", near(moved, object_, 1 / 255))
        check(f"{name}: {ground} is filled in as {filled}", near(filled, ground, 2 / 255))
        check(f"{name}: the source is as it was", numbers_at(source, 56, 56) == object_)
        kept = image.get_color_profile()
        check(f"{name}: the image keeps its profile", (kept is not None) == (profile is not None))
    image.delete()


for profile in "prophoto.icc", "tables.icc", None, "p3.icc", "adobe.icc":
    # All depths once for each way of converting.
    for precision in PRECISIONS if profile in ("prophoto.icc", "tables.icc") else PRECISIONS[::3]:
        for colours in INNER_COLOURS[1:] if profile == "tables.icc" else COLOURS:
            check_kept(f"{profile}, {precision.value_nick}", RGB, precision, profile, colours)
for profile in "grey.icc", None:
    for precision in PRECISIONS if profile else PRECISIONS[::3]:
        for colours in GREYS:
            check_kept(f"grey: {profile}, {precision.value_nick}", GRAY, precision, profile, colours)
checks.say(f"The largest difference of an object that moved: {worst * 255:.3f}/255")
finish()
