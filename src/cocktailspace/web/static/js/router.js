// Where the page is, as the part of the address behind '#', so that every view has a link and the
// back button works. Only what a link should bring back is in it: view, space, search, families, filters.

import { readFilters, writeFilters } from "./filters.js";

const HOME = { view: "map" };

/** @type {[RegExp, (value: string) => object][]} */
const SHAPES = [
  [/^$/, () => HOME],
  [/^space\/(em|fractions)$/, (space) => ({ ...HOME, space })],
  [/^recipe\/new$/, () => ({ view: "recipe-form", id: null })],
  [/^recipe\/(\d+)$/, (id) => ({ view: "recipe", id: Number(id) })],
  [/^recipe\/(\d+)\/edit$/, (id) => ({ view: "recipe-form", id: Number(id) })],
  [/^ingredients$/, () => ({ view: "ingredient", id: null })],
  [/^ingredient\/new$/, () => ({ view: "ingredient-form", id: null })],
  [/^ingredient\/(\d+)$/, (id) => ({ view: "ingredient", id: Number(id) })],
  [/^ingredient\/(\d+)\/edit$/, (id) => ({ view: "ingredient-form", id: Number(id) })],
  [/^bar$/, () => ({ view: "bar" })],
  [/^bar\/shared$/, () => ({ view: "bar-shared" })],
  [/^import$/, () => ({ view: "import", id: null })],
  [/^import\/([0-9a-f]{32})$/, (id) => ({ view: "import", id })],
  [/^menu\/(.+)$/, (name) => ({ view: "menu", id: decoded(name) })],
  [/^start$/, () => ({ view: "start" })],
  [/^(?:recipes|search)$/, () => ({ view: "recipes" })], // "search" in links of before
  [/^complexity$/, () => ({ view: "complexity", count: null })],
  [/^complexity\/(\d+)$/, (count) => ({ view: "complexity", count: Number(count) })],
];

/** What an address asks for; anything unknown is the view "lost". */
export function parseRoute(hash) {
  const [path, query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const options = new URLSearchParams(query);
  /** @type {any} */
  const route = matched(path.replace(/\/$/, "")) ?? { view: "lost" };
  const space = options.get("space") === "fractions" ? "fractions" : route.space;
  if (route.view === "bar-shared") return { ...route, space: "em", search: "", families: [], filters: {}, shared: sharedBar(hash, options) };
  const from = route.view === "recipe-form" && route.id === null ? Number(options.get("from")) || null : null;
  const filters = route.view === "recipes" ? readFilters(options) : {};
  return { ...route, filters, ...(from && { from }), space: space ?? "em", search: options.get("q") ?? "", families: options.getAll("family") };
}

const LINK_BYTES = 2100, NAMES = 500, LETTERS = 200;

/** A bar that somebody sends: a stranger's words, few and short; null for what is no such link. */
function sharedBar(hash, options) {
  const has = options.getAll("has").slice(0, NAMES).map((name) => name.trim().slice(0, LETTERS)).filter(Boolean);
  return hash.length <= LINK_BYTES && has.length ? { name: (options.get("name") ?? "").trim().slice(0, LETTERS), has } : null;
}

/** A text of the address; one that is none is no list's name either. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function matched(path) {
  for (const [shape, make] of SHAPES) {
    const found = shape.exec(path);
    if (found) return make(found[1]);
  }
  return null;
}

/** The address of a route, the shortest that leads to it. */
export function formatRoute(route) {
  const options = new URLSearchParams();
  const home = route.view === "map" && route.space === "fractions";
  if (route.space === "fractions" && !home) options.set("space", "fractions");
  if (route.from && route.view === "recipe-form" && route.id === null) options.set("from", String(route.from));
  if (route.search) options.set("q", route.search);
  if (route.view === "bar-shared") {
    options.set("name", route.shared?.name ?? "");
    for (const name of route.shared?.has ?? []) options.append("has", name);
  }
  if (route.view === "recipes") writeFilters(route.filters ?? {}, options);
  for (const family of route.families ?? []) options.append("family", family);
  const query = options.toString();
  return `#/${home ? "space/fractions" : pathOf(route)}${query ? `?${query}` : ""}`;
}

function pathOf(route) {
  switch (route.view) {
    case "recipe": return `recipe/${route.id}`;
    case "recipe-form": return route.id === null ? "recipe/new" : `recipe/${route.id}/edit`;
    case "ingredient": return route.id === null ? "ingredients" : `ingredient/${route.id}`;
    case "ingredient-form": return route.id === null ? "ingredient/new" : `ingredient/${route.id}/edit`;
    case "complexity": return route.count === null ? "complexity" : `complexity/${route.count}`;
    case "import": return route.id === null ? "import" : `import/${route.id}`;
    case "recipes": return "recipes";
    case "start": return "start";
    case "menu": return `menu/${encodeURIComponent(route.id)}`;
    case "bar": return "bar";
    case "bar-shared": return "bar/shared";
    default: return "";
  }
}

/** Follows the address; `go` makes a step that Back undoes, `adjust` changes the present one. */
export function createRouter(store) {
  const follow = () => store.set({ route: parseRoute(location.hash) });
  addEventListener("hashchange", follow);
  const merged = (patch) => ({ ...store.get().route, ...patch });
  follow();
  return {
    go(patch) {
      const address = formatRoute(merged(patch));
      if (address !== location.hash) location.hash = address;
      else follow();
    },
    adjust(patch) {
      history.replaceState(history.state, "", formatRoute(merged(patch)));
      follow();
    },
    /** The address of another view, what is searched and filtered kept. */
    link: (patch) => formatRoute(merged(patch)),
  };
}
