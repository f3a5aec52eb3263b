"""Rewrites Sources/DragonModel/Tokenizer/CanonicalMappings.swift: the canonical mappings that the reference tokenizer knows.

    pip install tokenizers
    python Tests/Peers/canonical_mappings.py

Python's unicodedata gives the mappings; those stay that tokenizers' NFC applies, which knows Unicode 9 and nothing newer.
"""
import os
import unicodedata

from tokenizers import normalizers

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Sources", "DragonModel", "Tokenizer", "CanonicalMappings.swift")
HEAD = """// Written by Tests/Peers/canonical_mappings.py: data of the Unicode Character Database, version 9.0, © Unicode, Inc., under the
// Unicode License (https://www.unicode.org/license.txt). Hangul syllables, which are arithmetic, are left out.

/// Scalars and the canonical mapping of each, in hexadecimal, as the Unicode Character Database has them.
enum CanonicalMappings {
"""
PARTS = [
    ("pairs", "A character, and the two that compose to it."),
    ("decomposing", "A character, and the two that it becomes; they never compose again."),
    ("single", "A character, and the one that it becomes."),
]


def wrapped(words, width=132):
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) + 2 > width:
            lines.append(line)
            line = ""
        line += ("  " if line else "") + word
    return lines + [line]


def main():
    nfc = normalizers.NFC().normalize_str
    found = {name: [] for name, _ in PARTS}
    for code in range(0x110000):
        mapping = unicodedata.decomposition(chr(code)) if not 0xD800 <= code < 0xE000 else ""
        if not mapping or mapping.startswith("<"):
            continue
        parts = [int(part, 16) for part in mapping.split()]
        text, full = chr(code), unicodedata.normalize("NFD", chr(code))
        if len(parts) == 1:
            kind = "single" if nfc(text) != text else None
        elif nfc(text) != text:
            kind = "decomposing"
        else:
            kind = "pairs" if nfc(full) == text else None
        if kind:
            found[kind].append(" ".join(f"{number:X}" for number in [code, *parts]))
    with open(TARGET, "w") as file:
        file.write(HEAD)
        for index, (name, comment) in enumerate(PARTS):
            body = "\n".join("        " + line for line in wrapped(found[name], 126))
            file.write(("\n" if index else "") + f'    /// {comment}\n    static let {name}: StaticString = """\n{body}\n        """\n')
            print(name, len(found[name]))
        file.write("}\n")


if __name__ == "__main__":
    main()
