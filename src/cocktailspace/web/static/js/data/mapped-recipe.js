// A recipe as a map has it (map-columns.js): its lines, and whether two say the same of it.

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
