"""The distance engine: Earth Mover's Distance between recipes, exact at any size.

A recipe is a row of masses over ingredients, whole numbers with a fixed total; the distance between
two recipes is the least work that turns one into the other, where moving a unit of mass costs the
length of the path between two ingredients in a forest under one root. This package knows arrays
only: rows of masses, parents of a forest, neighbours, transport plans. It imports numpy and numba,
numba only where more than 2,000 rows are searched, and nothing of recipes, files or settings.
"""
