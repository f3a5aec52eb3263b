"""Where the training pictures come from: Debian packages, fetched by name, and what in them must never be trained on.

Packages are taken because each file's author and licence is on record in its copyright file (see README.md),
and because anyone can fetch the same bytes again.
"""
import functools
import pathlib
import re
import subprocess
import zlib

STAMPS = "tuxpaint-stamps-default"
BACKDROPS = (
    "gnome-backgrounds", "mate-backgrounds", "ukui-wallpapers", "plasma-workspace-wallpapers",
    "lomiri-wallpapers-16.04", "lomiri-wallpapers-20.04",
)
# Packages whose photographs lie below one folder each.
PHOTOGRAPHS = {
    "scratch": "scratch/Media/Backgrounds", "krank": "games/krank/levels/unera-backgrounds", "palapeli-data": "palapeli/collection",
    "tuxpaint-data": "tuxpaint/templates", "gcompris-qt-data": "gcompris-qt/photographs",
}
PICTURES = {".png", ".jpg", ".jpeg", ".webp"}
NAMES = PICTURES | {".svg"}         # a drawing holds out the picture rendered from it, but is not itself read
# Signs and coins are no objects one would move in a photograph; the rest of the stamps are.
UNSUITABLE_STAMPS = re.compile(r"^symbols/|/flags/|/roadsigns/|/military/")
# Vector patterns, screenshots and pictures with writing in them.
UNSUITABLE_BACKDROPS = re.compile(r"screenshot|/vnc-|Transparent-Wallpaper|2004default|firstgeneration")
# Drawings and paintings among the photographs.
DRAWN = re.compile(r"party-room|/room\d|spotlight|chalkboard|playground|school2|the-movies|mural|/kitchen")
# Of GCompris' activities those that show photographs; they lie in resource files.
ACTIVITIES = ("clickgame", "details", "erase", "explore_farm_animals", "explore_monuments", "explore_world_animals")


def fetch(cache):
    """Downloads and unpacks every package below `cache`, once; returns the folder they are unpacked in."""
    archives, unpacked = cache / "debs", cache / "data"
    archives.mkdir(parents=True, exist_ok=True)
    for package in (STAMPS, *BACKDROPS, *PHOTOGRAPHS):
        target = unpacked / package
        if target.exists():
            continue
        subprocess.run(["apt-get", "download", package], cwd=archives, check=True)
        archive = next(archives.glob(f"{package}_*.deb"))
        target.mkdir(parents=True)
        subprocess.run(["dpkg-deb", "-x", archive, target], check=True)
        for activity in ACTIVITIES:
            for resources in target.rglob(f"{activity}.rcc"):
                take_out(resources, target / "usr/share" / PHOTOGRAPHS[package])
    return unpacked


def take_out(resources, folder, least=30_000):
    """Writes the larger WebP pictures that a Qt resource file holds; it stores them as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    data = resources.read_bytes()
    for found in re.finditer(rb"RIFF(....)WEBP", data, re.DOTALL):
        size = int.from_bytes(found[1], "little") + 8
        if size >= least:
            (folder / f"{resources.stem}-{found.start()}.webp").write_bytes(data[found.start():found.start() + size])


def is_evaluation_key(key):
    """The split every scene of this project follows; `key` is a path below stamps/ or share/."""
    return zlib.crc32(key.encode()) % 4 == 0


def backdrop_identity(key):
    """What the names of one picture have in common: a wallpaper's sizes and its dark variant, a scaled copy."""
    wallpaper = re.match(r"wallpapers/([^/]+)/", key)
    if wallpaper:
        return wallpaper[1]
    return re.sub(r"_\d+x\d+$", "", str(pathlib.PurePosixPath(key).with_suffix("")))


def stamp_identity(key):
    return str(pathlib.PurePosixPath(key).with_suffix("")).removesuffix("_mirror")


def split(keys, identity):
    """Divides keys into (training, evaluation). A picture is held out as soon as *one* of its names is.

    Packages link a wallpaper under many sizes, each with a key of its own: going by the single key would train on
    the very pixels that are evaluated under another name.
    """
    held_out = {identity(key) for key in keys if is_evaluation_key(key)}
    return ([k for k in keys if identity(k) not in held_out], [k for k in keys if identity(k) in held_out])


def _keys_below(folders):
    """key → file of every picture below the given folders, keys relative to each folder, links included."""
    found = {}
    for root, below in folders:
        for path in sorted((root / below).rglob("*")):
            if path.suffix.lower() in NAMES and path.is_file():
                found[str(path.relative_to(root))] = path
    return found


@functools.cache
def backdrops(unpacked):
    """Background pictures as (training files, evaluation files)."""
    shares = [(unpacked / p / "usr/share", below) for p in BACKDROPS for below in ("backgrounds", "wallpapers")]
    files = _keys_below([f for f in shares if (f[0] / f[1]).is_dir()])
    files |= _keys_below([(unpacked / p / "usr/share", below) for p, below in PHOTOGRAPHS.items()])
    kept = {k: p for k, p in files.items()
            if p.suffix in PICTURES and not UNSUITABLE_BACKDROPS.search(k) and not DRAWN.search(k)}
    sides = split(list(files), backdrop_identity)
    return tuple(sorted({kept[k].resolve() for k in side if k in kept}) for side in sides)


def is_photograph(path):
    """Photographs are fewer than computed patterns, and are what a user brings: the composer shows them more often."""
    return bool(re.search(r"/nature/|_by_|ColorfulCups|wood-|calla|goldfish", str(path))) or any(
        below in str(path) for below in PHOTOGRAPHS.values())


@functools.cache
def stamps(unpacked):
    """Cut-out objects as (training, evaluation), each a list of (key, file)."""
    root = unpacked / STAMPS / "usr/share/tuxpaint/stamps"
    files = _keys_below([(root, ".")])
    sides = split(list(files), stamp_identity)
    return tuple(
        [(k, files[k]) for k in side if files[k].suffix in PICTURES and not UNSUITABLE_STAMPS.search(k)] for side in sides)


# The folder a stamp lies in names its kind: a second, coarser caption that unseen objects share with seen ones.
KINDS = (
    ("animals/birds", "bird"), ("animals/fish", "fish"), ("animals/insects", "insect"), ("animals/", "animal"),
    ("plants/flowers", "flower"), ("plants/", "plant"), ("food/fruit", "fruit"), ("food/vegetables", "vegetable"),
    ("food/", "food"), ("vehicles/", "vehicle"), ("town/", "building"), ("clothes/", "garment"),
    ("household/", "tool"), ("hobbies/music", "instrument"), ("people/", "person"), ("space/", "planet"),
)


def kind_of(key):
    return next((name for prefix, name in KINDS if key.startswith(prefix)), "thing")


def name_of(path):
    """The stamp's own English description as a noun phrase without article ("drake"), or None."""
    text = path.with_suffix(".txt")
    if not text.exists():
        return None
    line = text.read_text(encoding="utf-8", errors="replace").splitlines()[0]
    line = re.split(r"[.!?;(]", line.strip().lower())[0]
    line = re.sub(r"^(an?|the|some|this is an?) ", "", line)
    line = re.sub(r"[^a-z0-9' -]", "", line).strip()
    return line if 0 < len(line) <= 40 else None
