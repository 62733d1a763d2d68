"""The database of record: recipes, ingredients, units, and a log of every change to them.

All SQL lives here, and nothing about HTTP, analytics or clouds does. Whoever writes does so in
`Database.transaction()`, which commits rows and their changes together and then signals.
"""
