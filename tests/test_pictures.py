"""Every picture that the docs show is there, and every one that is there is shown."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 8_000_000


def test_docs_and_pictures_agree() -> None:
    shown = set()
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"(?:\]\(|src=\")([^)\"]*images/[^)\"]+)", page.read_text()):
            shown.add((page.parent / link).resolve())
    assert shown == {each.resolve() for each in IMAGES.iterdir()}


def test_pictures_are_light() -> None:
    assert sum(each.stat().st_size for each in IMAGES.iterdir()) < MOST_BYTES
