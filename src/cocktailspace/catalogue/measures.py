"""Amounts become millilitres here, and nowhere else."""


def volume_ml(amount: float | None, unit_millilitres: float | None) -> float:
    """Volume of one line of a recipe: no amount counts as 1, no unit as 1 ml."""
    return (1.0 if amount is None else amount) * (
        1.0 if unit_millilitres is None else unit_millilitres
    )
