"""Bringing in what people have: files of many formats become the same neutral rows (`readers/`);
each line becomes an amount, a unit and the ingredient that is meant (`quantities`, `matching`); a
plan says by name what would be created, filled, replaced and left alone, waits for decisions, is
applied whole or not at all, and undone while untouched. Words of the bar are data (`words/`).
Here is no SQL and no HTTP: rows are written through the catalogue's own import."""
