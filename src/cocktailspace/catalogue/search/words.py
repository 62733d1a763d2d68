"""The words of a text, the same for what is searched and for what it is searched by."""

from cocktailspace.catalogue.names import name_key, plain_words

_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae"}
    | {"œ": "oe", "Œ": "oe"}
)
"""Letters that Unicode does not take apart into one of A to Z and a mark."""

_STOP_WORDS = {"a", "an", "and", "n", "of", "the", "with"}

_SPELLINGS = {"whisky": "whiskey"}


def words_of(text: str) -> list[str]:
    """Singular, without case, accents and punctuation, stop words left out where others remain.

    What has no letter (an emoji) is a word as it is.
    """
    words = plain_words(text if text.isascii() else text.translate(_LETTERS))
    found = [word for word in words if word not in _STOP_WORDS] or words
    return [_SPELLINGS.get(word, word) for word in found] or name_key(text).split()
