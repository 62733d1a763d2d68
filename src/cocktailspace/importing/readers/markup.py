"""Org and LaTeX as Markdown, as far as recipes need it."""

import re

_ORG = re.compile(r"\*{1,6} \S|#\+\w+:", re.MULTILINE)
_ORG_STARS = re.compile(r"^\*{1,6}(?= )", re.MULTILINE)
_ORG_PASSED = re.compile(r"^[ \t]{0,20}(?:#\+\w+:|:[\w-]+:).*$\n?", re.MULTILINE)
_ORG_TAGS = re.compile(r"[ \t]{1,80}:[\w@:]{1,200}:[ \t]{0,9}$", re.MULTILINE)
_LATEX = re.compile(r"\\(?:documentclass|begin\{|(?:sub)*section\*?\{)")
_REPLACED = (
    (re.compile(r"(?<!\\)%.*$", re.MULTILINE), ""),
    (re.compile(r"\\(?:nice|t|d|s)?frac\{(\d{1,3})\}\{(\d{1,3})\}"), r" \1/\2"),
    (re.compile(r"\\(?:chapter|section|recipe|cocktail)\*?\{([^{}]{1,200})\}"), r"\n# \1\n"),
    (re.compile(r"\\(?:sub)+section\*?\{([^{}]{1,200})\}"), r"\n## \1\n"),
    (re.compile(r"\\(?:begin|end)\{[^{}]{1,40}\}(?:\[[^\[\]]{0,80}\])?"), "\n"),
    (re.compile(r"\\item\b(?:\[[^\[\]]{0,80}\])?[ \t]*"), "\n- "),
    (re.compile(r"\\(?:documentclass|usepackage|title|author|date)\b.*$", re.MULTILINE), ""),
    (re.compile(r"\\(?:text\w{2}|emph|SI|qty)\{([^{}]{0,200})\}"), r"\1"),
    (re.compile(r"\\\\"), "\n"),
    (re.compile(r"\\[,;:!]"), " "),
    (re.compile(r"\\([&%$#_{} ])"), r"\1"),
    (re.compile(r"\\[a-zA-Z]{1,30}\*?|[{}$]|~"), " "),
)


def as_markdown(text: str, ending: str) -> str:
    """A text of Org or LaTeX, which its ending or its commands say, as Markdown."""
    if ending == ".org" and _ORG.search(text):
        text = _ORG_TAGS.sub("", _ORG_PASSED.sub("", text))
        return _ORG_STARS.sub(lambda stars: "#" * len(stars[0]), text)
    if ending in (".tex", ".latex") or _LATEX.search(text[:5_000]):
        for written, said in _REPLACED:
            text = written.sub(said, text)
    return text
