"""Bringing in what people have, in the order in which it is done.

`readers/` make neutral `rows` of a file of any format. `scanning`, `quantities`, `remarks` and
`lines` read how much a line says and of what; the words for it are data (`words/`), read by
`vocabulary`, `languages` and `names`. `known_ingredients`, `families` and `matching` find which
ingredient is meant, or where a new one would hang; `understanding` does so for a whole file.
`catalogue_view`, `targets`, `decisions` and `planning` say by name what would be created, filled,
replaced and left alone; `drafting` and `applying` carry it out, whole or not at all, and undo it
while it is untouched. `service` leads from start to end, `plan_view` is what is shown; `own_files`
takes what this program has exported.

Here is no SQL and no HTTP: rows are written through the catalogue's own import.
"""
