// A map's rows as columns: 100,000 recipes are six typed arrays and two lists of strings instead of
// a million small objects, quick to draw, to search and to hand over from the worker.

import { fold } from "../format.js";

/**
 * ids, x, y: one for each recipe; names and folded (for searching) likewise.
 * starts: recipe r has the lines starts[r] to starts[r + 1], the largest volume first;
 * parts: each line's ingredient as a number in `ingredients`; volumes: each line's ml.
 * bases: the id of what each recipe is built on.
 */
export function columnsOf(rows) {
  const lines = rows.reduce((sum, row) => sum + row.ingredients.length, 0);
  const columns = emptyColumns(rows.length, lines);
  const numberOf = new Map();
  let line = 0;
  rows.forEach((row, index) => {
    columns.ids[index] = row.recipe_id;
    columns.x[index] = row.x;
    columns.y[index] = row.y;
    columns.names[index] = row.name;
    columns.folded[index] = fold(row.name);
    columns.bases[index] = row.base_id ?? row.ingredients[0].ingredient_id; // the largest, unless it says another
    for (const part of row.ingredients) {
      columns.parts[line] = numbered(part, numberOf, columns.ingredients);
      columns.volumes[line++] = part.volume_ml;
    }
    columns.starts[index + 1] = line;
  });
  return columns;
}

function emptyColumns(count, lines) {
  return {
    count,
    ids: new Float64Array(count), bases: new Float64Array(count), x: new Float32Array(count), y: new Float32Array(count),
    names: new Array(count), folded: new Array(count),
    starts: new Uint32Array(count + 1), parts: new Uint32Array(lines), volumes: new Float32Array(lines),
    ingredients: [],
  };
}

function numbered(part, numberOf, ingredients) {
  let number = numberOf.get(part.ingredient_id);
  if (number === undefined) {
    number = ingredients.length;
    numberOf.set(part.ingredient_id, number);
    ingredients.push({ id: part.ingredient_id, name: part.name });
  }
  return number;
}

/** The buffers to hand over rather than to copy. */
export const transferable = (columns) =>
  [columns.ids, columns.bases, columns.x, columns.y, columns.starts, columns.parts, columns.volumes].map((array) => array.buffer);

/** A recipe's lines: [{ id, name, ml, fraction }], the largest first. */
export function linesOf(columns, index) {
  const lines = [];
  let total = 0;
  for (let line = columns.starts[index]; line < columns.starts[index + 1]; line++) {
    const { id, name } = columns.ingredients[columns.parts[line]];
    lines.push({ id, name, ml: columns.volumes[line] });
    total += columns.volumes[line];
  }
  return lines.map((line) => ({ ...line, fraction: line.ml / total }));
}

/** Whether a recipe as the catalogue has it now is the one that the map shows. */
export function agrees(recipe, columns, point) {
  const volumes = new Map();
  const poured = recipe.ingredients.reduce((sum, line) => sum + line.volume_ml, 0);
  for (const line of recipe.ingredients) volumes.set(line.ingredient_id, (volumes.get(line.ingredient_id) ?? 0) + line.volume_ml);
  for (const { id, ml } of linesOf(columns, point)) volumes.set(id, (volumes.get(id) ?? 0) - ml);
  const left = [...volumes.values()].reduce((sum, each) => sum + Math.abs(each), 0);
  return recipe.name === columns.names[point] && left <= 0.001 * recipe.ingredients.length + 1e-6 * poured; // rounded in the artifact, and again here
}

/** Whether a recipe of one map and a recipe of another say the same. */
export function sameRecipe(one, index, other, otherIndex) {
  if (one.names[index] !== other.names[otherIndex]) return false;
  const from = one.starts[index], otherFrom = other.starts[otherIndex];
  const length = one.starts[index + 1] - from;
  if (length !== other.starts[otherIndex + 1] - otherFrom) return false;
  for (let line = 0; line < length; line++) {
    const mine = one.ingredients[one.parts[from + line]], theirs = other.ingredients[other.parts[otherFrom + line]];
    if (mine.id !== theirs.id || one.volumes[from + line] !== other.volumes[otherFrom + line]) return false;
  }
  return true;
}
