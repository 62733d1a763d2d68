"""A cocktail catalogue that keeps its own map of cocktail space."""

__version__ = "0.1.0"
