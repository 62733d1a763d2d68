// The map: every recipe a point, coloured by the family of its largest ingredient.
// Everything of one view comes from one run, so that the parts always belong together.

const API = "/api/v1/analytics";
const SPACES = {
  "cocktail-space": "By ingredients",
  "cocktail-space-em": "By kinship of ingredients",
};
const RETRY_MS = 1500;
const COLOURS = [
  "#b45309", "#2563eb", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#ca8a04",
  "#db2777", "#65a30d", "#475569", "#ea580c", "#0d9488", "#9333ea",
];

const element = (id) => document.getElementById(id);

async function getJson(address) {
  const answer = await fetch(address);
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.error.message), { status: answer.status });
  return body;
}

async function load(space) {
  const manifest = await getJson(`${API}/manifest`);
  const run = `${API}/runs/${manifest.run_id}`;
  const [map, tree] = await Promise.all([getJson(`${run}/${space}`), getJson(`${run}/ingredient-tree`)]);
  return { manifest, recipes: map.data, familyOf: families(tree.data) };
}

function families(roots) {
  const familyOf = new Map();
  const walk = (node, family) => {
    familyOf.set(node.ingredient_id, family);
    node.children.forEach((child) => walk(child, family));
  };
  roots.forEach((root) => walk(root, root.name));
  return familyOf;
}

function byFamily(recipes, familyOf) {
  const groups = new Map();
  for (const recipe of recipes) {
    const family = familyOf.get(recipe.ingredients[0].ingredient_id);
    if (!groups.has(family)) groups.set(family, []);
    groups.get(family).push(recipe);
  }
  return [...groups].sort((one, other) => other[1].length - one[1].length);
}

const escape = (text) => text.replace(/[&<>]/g, (each) => `&#${each.charCodeAt(0)};`);

function trace([family, recipes], index) {
  return {
    type: "scatter", mode: "markers", name: escape(family),
    x: recipes.map((recipe) => recipe.x),
    y: recipes.map((recipe) => recipe.y),
    text: recipes.map((recipe) => {
      const lines = recipe.ingredients.map((each) => `${escape(each.name)} · ${Math.round(each.volume_ml * 10) / 10} ml`);
      return `<b>${escape(recipe.name)}</b><br>${lines.join("<br>")}`;
    }),
    hovertemplate: "%{text}<extra></extra>",
    marker: { size: recipes.length > 500 ? 6 : 8, opacity: 0.75, color: COLOURS[index % COLOURS.length] },
  };
}

function draw(recipes, familyOf) {
  const style = getComputedStyle(document.body);
  const hidden = { visible: false, showgrid: false, zeroline: false };
  Plotly.react("map", byFamily(recipes, familyOf).map(trace), {
    margin: { l: 8, r: 8, t: 8, b: 8 }, hovermode: "closest", dragmode: "pan",
    paper_bgcolor: "transparent", plot_bgcolor: "transparent",
    font: { color: style.color, family: style.fontFamily },
    xaxis: hidden, yaxis: { ...hidden, scaleanchor: "x" },
    legend: { bgcolor: style.backgroundColor, x: 0.01, y: 0.99 }, showlegend: true,
  }, { responsive: true, scrollZoom: true, displaylogo: false, displayModeBar: false });
}

function notice(text) {
  element("notice").textContent = text;
  element("notice").hidden = !text;
}

async function show(space) {
  for (const button of element("spaces").children) {
    button.setAttribute("aria-pressed", button.dataset.space === space);
  }
  try {
    const { manifest, recipes, familyOf } = await load(space);
    notice(recipes.length ? "" : "No recipe has a volume yet, so there is nothing to map.");
    draw(recipes, familyOf);
    const date = new Date(manifest.generated_at).toLocaleString();
    element("version").textContent = `${manifest.counts.recipes} recipes · computed ${date}`;
  } catch (error) {
    notice(error.status === 503 ? "The first map is being computed …" : `The map cannot be loaded: ${error.message}`);
    setTimeout(() => show(space), RETRY_MS);
  }
}

for (const [space, label] of Object.entries(SPACES)) {
  const button = Object.assign(document.createElement("button"), { textContent: label, type: "button" });
  button.dataset.space = space;
  button.addEventListener("click", () => show(space));
  element("spaces").append(button);
}
show("cocktail-space-em");
