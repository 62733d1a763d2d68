"""Bytes become text, in whatever encoding they are."""

import codecs

from charset_normalizer import CharsetMatch, from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS = [
    "cp1252", "cp1250", "cp1251", "mac_roman", "koi8_r", "cp1253", "cp1254", "shift_jis",
    "gb18030", "big5", "euc_kr",
]  # fmt: skip
_USUAL = "cp1252"
_SAMPLE = 200_000
_LESS_COHERENT = 0.1


def decoded(body: bytes) -> tuple[str, str]:
    """The text, and a remark where its encoding had to be guessed."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, errors="replace"), ""
    try:
        return body.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    if body[:200].count(0) > len(body[:200]) // 4:
        name = "utf-16-le" if body[1:2] == b"\x00" else "utf-16-be"
        return body.decode(name, errors="replace"), "read as UTF-16"
    name = _guessed(body[:_SAMPLE])
    return body.decode(name, errors="replace"), f"the text is not UTF-8; read as {name}"


def _guessed(body: bytes) -> str:
    found = from_bytes(body, cp_isolation=_OTHERS)
    best = found.best()
    if best is None:
        return _USUAL
    usual = next((match for match in found if _could_be_usual(match)), None)
    if (
        usual is not None
        and usual.chaos <= best.chaos
        and usual.coherence >= best.coherence - _LESS_COHERENT
    ):
        return _USUAL
    return best.encoding


def _could_be_usual(match: CharsetMatch) -> bool:
    return _USUAL in (match.encoding, *match.could_be_from_charset)
