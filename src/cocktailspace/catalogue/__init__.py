"""The database of record: recipes, ingredients, units, and a log of every change to them.

All SQL lives here, and nothing about HTTP, analytics or clouds does. Whoever writes does so in
`Database.transaction()`, which commits rows and their changes together and then signals.

- Declared once: `models` say what there is, of `values` with bounds; columns (`schema`), files and
  forms follow by `fields`. `errors` say what can go wrong.
- Connections: `database`, on `sqlite` or `postgres`; `several_servers` share a clock and a lock,
  `rds` signs them in and `rds_users` makes whom it signs in. `migrate` brings a database to the
  `revision` that this program needs, by `migrations/`.
- The log: `changes`.
- Rows: `recipes` and `recipe_lines`, `ingredients`, `units`, `methods`, and what is checked before
  they are written (`recipe_checks`, `ingredient_checks`). `names` are compared, `lookup` finds rows
  by them. The `taxonomy` is a `forest`. What `uses` an ingredient, a `merge` moves; `duplicates`
  are listed.
- What follows and is never stored: `measures` make millilitres of amounts, ingredients inherit
  `properties`, from both comes what is `calculated`; `bases` say what a drink is built on.
  `reference` reads once what all that rests on, `missing_data` is what nobody has said, `pieces` is
  what recipes count, `usual_words` what recipes say most.
- Beside the catalogue: `imports` under way, people's `collections`, access `tokens`, `idempotency`
  keys.
- As a whole: `transfer/` to and from files, `backup` by `file_copies`, `copying` to another
  database, `audit` of one that comes from outside, the `snapshot` that a job reads of a
  `local_copy`, the index of `search/`.
"""
