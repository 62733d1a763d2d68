"""Amounts become millilitres here, and nowhere else."""


def volume_ml(amount: float | None, unit_millilitres: float | None) -> float:
    """Volume of one line: no amount, or 0 ("0 to top"), counts as 1; no unit as 1 ml."""
    return (amount or 1.0) * (1.0 if unit_millilitres is None else unit_millilitres)


def is_known(unit_millilitres: float | None) -> bool:
    """Whether the volume of a line is known, or only counted as that of so many millilitres."""
    return unit_millilitres is not None
