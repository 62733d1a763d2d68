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
