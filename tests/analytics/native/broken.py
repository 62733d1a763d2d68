"""A function that does not give what it says."""

from __future__ import annotations

from cocktailspace.analytics.native import compiled_entry


@compiled_entry
def half(number: int) -> int:
    return number / 2  # type: ignore[return-value]
