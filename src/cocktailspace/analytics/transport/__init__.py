"""The distance engine: Earth Mover's Distance between recipes, exact at any size.

A recipe is a row of masses over ingredients, whole numbers with a fixed total; the distance between
two recipes is the least work that turns one into the other, where moving a unit of mass costs the
length of the path between two ingredients in a forest under one root. This package knows arrays
only. It imports numpy and numba, numba only where more than 2,000 rows are searched, and nothing of
recipes, files or settings.

`rows` hold the `masses`, `taxonomy` is the forest. `distances` are to all rows, `neighbours` the
nearest of each: of many, by an `l1_search` over `boxes` of rows in an `ordering` that has near ones
together. `plans` say what becomes of what. `workers` are given blocks of either.
"""
