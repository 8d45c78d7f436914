"""The language of a text, guessed: for the voice that reads it out, its faces, its lines."""

import re

LOOKED_AT = 200  # characters: the beginning of a text tells
_HAN = re.compile("[\u3400-\u9fff]")
_KANA = re.compile("[\u3040-\u30ff]")
# Of the letters of a text in Chinese at least so many are Han: names and terms in Latin letters are common in it,
# and a Latin word takes about as many letters as four Chinese words.
_SHARE = 0.2
_LATIN = 0.5  # of its letters, and it is taken for English: of the other language that is spoken here


def tongue(text: str) -> str | None:
    """The language of a text: "zh", "en", "" for any other; None where it has no letters to tell it by."""
    if is_chinese(text):
        return "zh"
    letters = list(filter(str.isalpha, text[:LOOKED_AT]))
    if not letters:
        return None
    return "en" if sum(map(str.isascii, letters)) >= _LATIN * len(letters) else ""


def is_chinese(text: str) -> bool:
    """Whether people who read Chinese would call this Chinese (Japanese, which has kana beside Han letters, is not)."""
    beginning = text[:LOOKED_AT]
    han = len(_HAN.findall(beginning))
    if not han or _KANA.search(beginning):
        return False
    return han >= _SHARE * sum(map(str.isalpha, beginning))
