"""What can be made of the ingredients that somebody has: *a bar*. Arrays alone, in NumPy alone.

A recipe's line is met by the first of these that holds (`ways.py`):

1. *owned*: the ingredient is in the bar, or always there (ice, water, sugar, salt);
2. *kind*: something owned is a kind of it: it lies below it, and not through a shelf;
3. *made*: it, or a kind of it, is made from something that is met in one of these three ways;
4. *generic*: the nearest family above it that is owned or made, not through a shelf, will do;
5. *sibling*: another of its family (or shelf), where a guest would take either, is met by 1 to 3;
6. *alternative*: the recipe names another ingredient for this line, which is met by 1 to 5;
7. *stand-in*: the learned table has one that is met by 1 to 4, for it or for an alternative; the
   best of these, and only if some recipe pours at least half as much of it.

The first six are as good as the recipe; a stand-in is said to be one. Which owned ingredient meets
a line is decided by the fewest steps, then by name. `drinks.py` says what that makes of each
recipe, `bottles.py` what to buy next. Each of the first five holds for a bar if and only if it
holds for one of the things in it alone: so what a further bottle adds can be looked up.

`collect` makes the index that is published, by the catalogue and by what names alone say
(`by_name`); `index` is what it says, as arrays. `answer` has all that there is to say of one bar,
and `wishes` what is nearest to what somebody likes or wishes for.
"""
