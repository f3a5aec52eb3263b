"""The tokenizer: CLIP's byte-pair conventions with a vocabulary learned from the captions.

CLIP lowercases, maps bytes to printable characters, ends each word with </w>, and applies merges by rank; the files
written here are read by any CLIP tokenizer. While training, merges are now and then skipped, so that the pieces which
unseen words fall into are learned as well.
"""
import collections
import functools
import json
import random
import re

END_OF_WORD = "</w>"
START, END = "<|startoftext|>", "<|endoftext|>"
LENGTH = 77
WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\s\w]|_)+")


def byte_characters():
    """A printable character for each byte, in the order of CLIP's vocabulary: printable bytes stand for themselves."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    return {b: chr(b) for b in printable} | {b: chr(256 + i) for i, b in enumerate(others)}


def learn_merges(captions, count):
    """Byte-pair encoding: merges the most frequent neighbouring pair, `count` times."""
    words = collections.Counter(w for c in captions for w in WORDS.findall(c))
    spelled = {w: (*w[:-1], w[-1] + END_OF_WORD) for w in words}
    merges = []
    for _ in range(count):
        pairs = collections.Counter()
        for word, symbols in spelled.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        spelled = {w: merged(s, best) for w, s in spelled.items()}
    return merges


def merged(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if symbols[i:i + 2] == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return tuple(out)


class Vocabulary:
    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.ranks = {m: i for i, m in enumerate(self.merges)}
        self.characters = byte_characters()
        characters = list(self.characters.values())
        tokens = [*characters, *(c + END_OF_WORD for c in characters), *("".join(m) for m in self.merges), START, END]
        self.ids = {t: i for i, t in enumerate(tokens)}

    def __len__(self):
        return len(self.ids)

    @functools.lru_cache(maxsize=4096)
    def pieces(self, word):
        return self._split(word, 0.0)

    def _split(self, word, skip):
        letters = [self.characters[b] for b in word.encode()]
        symbols = (*letters[:-1], letters[-1] + END_OF_WORD)
        while True:
            pairs = [p for p in zip(symbols, symbols[1:]) if p in self.ranks and random.random() >= skip]
            if not pairs:
                return symbols
            symbols = merged(symbols, min(pairs, key=self.ranks.get))

    def encode(self, text, skip=0.0):
        """77 token ids; `skip` is the chance of passing over a merge."""
        words = WORDS.findall(text.lower())
        pieces = [p for w in words for p in (self.pieces(w) if skip == 0 else self._split(w, skip))]
        ids = [self.ids[START], *(self.ids[p] for p in pieces[:LENGTH - 2]), self.ids[END]]
        return ids + [self.ids[END]] * (LENGTH - len(ids))

    def save(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vocab.json").write_text(json.dumps(self.ids))
        lines = ["#version: 0.2", *(" ".join(m) for m in self.merges)]
        (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        special = {"bos_token": START, "eos_token": END, "pad_token": END, "unk_token": END}
        (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2) + "\n")
        config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": LENGTH, "do_lower_case": True, **special}
        (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")

    @staticmethod
    def load(folder):
        lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]
        return Vocabulary([tuple(line.split(" ")) for line in lines if line])
