"""Tokens of 2,000 strings by transformers' CLIPTokenizer, for Tests/DragonModelTests/Tokenizer to compare with.

    pip install transformers open_clip_torch    (open_clip_torch ships CLIP's merges; MIT licence)
    python Tests/Peers/tokenizer.py             rewrites Tests/Fixtures/tokenizer
    python Tests/Peers/tokenizer.py --seed 7 --count 20000 --out DIR    other strings, elsewhere

In DIR: merges.txt, and cases.json with [text, repetitions, [tokens, start and end included, padding left out]] for each string.
"""
import argparse
import gzip
import json
import os
import random
import tempfile
from importlib.util import find_spec

from transformers import CLIPTokenizer

START, END = "<|startoftext|>", "<|endoftext|>"
SUBJECTS = "a cat|two dogs|an astronaut|the old man's hat|a bowl of ramen|Mount Fuji|a 1960s car|my wife|they're friends|robots".split("|")
STYLES = "oil painting|8k, highly detailed|trending on ArtStation|f/1.8 bokeh|cinematic lighting!!|in the style of Hokusai|(masterpiece:1.2)|unreal engine 5".split("|")
PLACES = "on the moon|under water, at night|in Paris (1889)|riding a horse|at home; it's late|behind a waterfall...|in a coffee-shop|by the sea".split("|")
LANGUAGES = """Eine Katze im Weltraum — „schön“, größer als ẞ|Un château près de l'Œuvre, été à Noël|El niño comió ñoquis: ¿qué?|Кошка сидит на окне|Η γάτα κοιμάται στον ήλιο ΟΔΥΣΣΕΥΣ
猫が窓辺で眠る。夕焼け|一隻貓坐在窗台上|고양이가 창가에서 잔다|แมวนอนหลับอยู่บนเตียง|बिल्ली खिड़की पर बैठी है|القط نائم على السرير|חתול ישן על המיטה|İstanbul'da bir kedi, ığdır
Mèo con ngủ trên ghế ướt|Kočka spí na žluťoučkém křesle|Kissa nukkuu sängyllä; ÄÖÅ|பூனை தூங்குகிறது|పిల్లి నిద్రపోతోంది|ქართული კატა|Կատուն քնած է|ድመት ተኝታለች|ཞི་མི་ཉལ|ᏣᎳᎩ ᎠᏂᏁᎬ ꭰꭱ|ខ្មែរ ឆ្មា"""
MARKS = "café ﬁne Ǆ ǅ ǆ ½ ² ③ Ⅷ ᾳ ᾼ Å Ω K ſ ŉ|I'M we've THEY'LL he'd don't can’t 's's ''s '' '|3.14159 1,000,000 １２３ ٣٤ 十 ²³|👩‍👩‍👧‍👦 🇩🇪🇫🇷 👍🏽 ❤️ ☃︎ 🏴󠁧󠁢󠁥󠁮󠁧󠁿|a\u00adb a\u200bb a\u200db \ufeffx\u2060|a\u0301\u0327\u0345 \u0344 \u1e9b\u0323|\u1100\u1161\u11a8 \u1112\u1175\u11ab|<|>|a_b-c@d.e #1 $5 50% &amp; <b>"
SPACES = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def scalar(source, low, high):
    while True:
        code = source.randint(low, high)
        if not 0xD800 <= code < 0xE000:
            return chr(code)


def strings(source, count):
    """(text, repetitions) pairs: ordinary, every plane, edge cases, very long."""
    yield from [("", 1), (" ", 1), ("  \n ", 1), ("a", 1), (".", 1), ("a" * 77, 1), ("cat ", 75), ("cat ", 76), ("1", 75), ("\x00", 1)]
    yield from [("a photo of a cat, ", 4000), ("supercalifragilistic", 1500), ("!?", 9000), ("猫", 5000), ("e\u0301", 6000), ("\u0301\u0316", 2000)]
    yield from [(text, 1) for text in (LANGUAGES + "|" + MARKS).replace("\n", "|").split("|")]
    yield from [(text, 1) for text in (START, END, f"a{START}b", f"x {END} y{END}", START.upper(), f"{END}\u0301", "<|start", "!<|endoftext|>", f"{START}'s")]
    for text in (" ".join(p) for p in zip(SUBJECTS, STYLES)):
        yield text.upper(), 1
        yield text.title(), 1
    planes = [(plane << 16, (plane << 16) + 0xFFFF) for plane in range(17)]
    blocks = [(0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF), (0x1100, 0x11FF), (0x1AB0, 0x1AFF),
              (0x1E00, 0x1FFF), (0x2000, 0x2BFF), (0x3040, 0x30FF), (0xA640, 0xA7FF), (0xAC00, 0xAFFF), (0xF900, 0xFAFF), (0x10400, 0x1057F),
              (0x105C0, 0x105FF), (0x11380, 0x113FF), (0x16100, 0x1613F), (0x1D100, 0x1D7FF), (0x1E000, 0x1E95F), (0x1F000, 0x1FAFF), (0x2F800, 0x2FA1D)]
    for number in range(count):
        kind = number % 4
        if kind == 0:
            yield ", ".join([source.choice(SUBJECTS) + " " + source.choice(PLACES)] + source.sample(STYLES, source.randint(0, 3))), 1
        elif kind == 1:
            yield "".join(scalar(source, *planes[number // 4 % 17]) for _ in range(source.randint(1, 8))), 1
        elif kind == 2:
            low, high = source.choice(blocks)
            extra = "".join(scalar(source, 0x300, 0x345) for _ in range(source.randint(0, 3)))
            yield "".join(scalar(source, low, high) for _ in range(source.randint(1, 8))) + extra + scalar(source, 0x20, 0x7E), 1
        else:
            pieces = list("aZé'9!. ") + list(SPACES) + ["'s", "'LL", "dog", "ß", "İ", "Σ", "\u0301", "\u0323", "👍", "\u200d", "٣", "½", END, START]
            yield "".join(source.choice(pieces) for _ in range(source.randint(1, 12))), 1


def clip_merges():
    path = os.path.join(os.path.dirname(find_spec("open_clip").origin), "bpe_simple_vocab_16e6.txt.gz")
    lines = gzip.open(path).read().decode("utf-8").split("\n")
    return lines[1:49152 - 256 - 2 + 1]


def clip_vocabulary(merges):
    """The 256 bytes, the same at a word's end, the merges in order, start and end."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = [chr(code) for code in printable] + [chr(0x100 + n) for n in range(256 - len(printable))]
    tokens = letters + [letter + "</w>" for letter in letters] + ["".join(merge.split()) for merge in merges] + [START, END]
    return {token: number for number, token in enumerate(tokens)}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.path.join(here, "..", "Fixtures", "tokenizer"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    merges = clip_merges()
    with tempfile.TemporaryDirectory() as folder:
        text = "#version: 0.2\n" + "\n".join(merges) + "\n"
        for target in (folder, options.out):
            with open(os.path.join(target, "merges.txt"), "w", encoding="utf-8") as file:
                file.write(text)
        with open(os.path.join(folder, "vocab.json"), "w") as file:
            json.dump(clip_vocabulary(merges), file)
        tokenizer = CLIPTokenizer.from_pretrained(folder)
    cases = []
    for text, repetitions in strings(random.Random(options.seed), options.count):
        tokens = tokenizer(text * repetitions, padding="max_length", max_length=77, truncation=True).input_ids
        end = tokens.index(tokenizer.eos_token_id, 1)
        length = end + 1 if all(token == tokenizer.pad_token_id for token in tokens[end:]) else len(tokens)
        cases.append([text, repetitions, tokens[:length]])
    with open(os.path.join(options.out, "cases.json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(f"{len(cases)} strings")


if __name__ == "__main__":
    main()
