"""How well lines of people's collections are understood: `python -m benchmarks.understanding`.

Each collection's lines were drawn by a seed and answered by hand before the reader was written
(`tests/importing/answers/`); `written` are lines of other kinds, answered before they were read.
"""

from tests.importing.answers import COLLECTIONS, mark, starter_matcher


def main() -> None:
    """Print the shares, and each miss."""
    matcher = starter_matcher()
    for collection in COLLECTIONS:
        marks, misses = mark(collection, matcher)
        shares = ", ".join(f"{what} {share:.1f} %" for what, share in marks.shares().items())
        print(f"{collection}: {marks.lines} lines, {shares}")
        for miss in misses:
            print(f"    {miss}")


if __name__ == "__main__":
    main()
