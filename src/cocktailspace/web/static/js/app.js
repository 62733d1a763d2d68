// Puts the page together: the one place that knows all parts.

import { twice } from "./data/api.js";
import { all, byId, h } from "./html.js";
import { createRouter } from "./router.js";
import { onDevice } from "./storage.js";
import { createStore } from "./store.js";
import { createPanel } from "./panels/panel.js";
import { createMapLoader } from "./shell/map-loader.js";
import { createFreshness, createFreshnessChip } from "./shell/freshness.js";
import { createLegend, createSpaceSwitch } from "./shell/legend.js";
import { createMapShell } from "./shell/map-shell.js";
import { createNotice } from "./shell/notices.js";
import { createSearch } from "./shell/search.js";
import { createSelection } from "./shell/selection.js";
import { config, mayBeSignedIn, takeReturn } from "./shell/returning.js";
import { createThemeSwitch } from "./shell/theme.js";

const returned = takeReturn();
const store = createStore({
  route: null, // where the page is
  mapData: null, // the run that is shown
  loadError: null, // why there is none
  freshness: { status: null, skew: 0, offline: false },
  selection: null, // recipes that the route is about (shell/selection.js)
  similar: { id: null, list: [] }, // of the recipe that is shown
  provisional: new Map(), // recipes newer than the run, by id (data/provisional.js)
  deleted: new Set(), // ids of recipes deleted since
  draft: null, // the recipe being written: { name, places, neighbours }
  news: null, // what the last new version changed
  kept: null, // bars, and what is thought of recipes (bar/kept.js); null until a panel or the map needs it
  barAnswer: null, // what the bar makes: { key, answer }
  barLight: false, // whether the map shows it wherever one is (bar/lighting.js)
  person: null, // who is signed in (shell/session.js)
  requestedRun: null, // the run that was last asked for
});

const announcer = byId("announcer");
const announce = (text) => { announcer.textContent = text; };

const router = createRouter(store);
const mapLoader = createMapLoader(store);
const freshness = createFreshness(store);
const map = createMapShell(store, router, announce);

/** An object of asynchronous functions, made when one of them is first called. */
function later(make, ...names) {
  const made = once(make);
  return Object.fromEntries(names.map((name) => [name, async (...given) => (await made())[name](...given)]));
}

/** What is made when it is first needed; what failed, without a connection, is tried again the next time. */
function once(make) {
  let made = null;
  return () => (made ??= twice(make).catch((error) => {
    made = null;
    throw error;
  }));
}

/** What panels, forms and dialogs look like. */
const styles = once(() => Promise.all(["form", "bar", "imports"].map((name) => new Promise((resolve) => {
  document.head.append(h("link", { rel: "stylesheet", href: new URL(`../css/${name}.css`, import.meta.url).href, onload: resolve, onerror: resolve }));
}))));

const session = {
  atIssuer: config !== null,
  ...later(async () => (await Promise.all([import("./shell/session.js"), styles()]))[0].createSession(store, returned), "token", "refused", "ask", "signIn", "signOut"),
};
const writer = later(async () => (await import("./edit/writer.js")).createWriter({ announce, session, written: () => freshness.poll() }),
  "send", "create", "replace", "merge", "bring", "remove", "refreshNow");
const news = once(async () => (await import("./shell/news.js")).createNews(store, router));
const account = once(async () => {
  const [{ createAccount }] = await Promise.all([import("./shell/account.js"), loadKept()]);
  return createAccount(store, session, keeper);
});
const lighting = once(async () => (await import("./bar/lighting.js")).createLighting(store, announce));
/** @type {{ change: (make: (kept: any) => any) => void }} */
const keeper = { change: () => {} }; // who has it has waited for loadKept
const loadKept = once(async () => Object.assign(keeper, (await import("./bar/keeper.js")).createKeeper(store, lighting)));
const selection = createSelection(store);
const context = {
  store, router, announce, writer, keeper, session, selection,
  again: () => panel.again(),
  remove: async (...what) => (await import("./edit/delete-dialog.js")).deleteDialog(store, router, writer)(...what),
  merge: async (...what) => (await import("./edit/merge-dialog.js")).mergeDialog(store, router, writer)(...what),
};

// What the first picture does not need is fetched when it is first opened, panels as soon as somebody moves.
const panels = {
  recipe: async () => (await import("./panels/recipe.js")).recipeView(context),
  ingredient: async () => (await import("./panels/ingredient.js")).ingredientView(context),
  complexity: async () => (await import("./panels/complexity.js")).complexityView(context),
  lost: async () => (await import("./panels/lost.js")).lostView,
  start: async () => (await import("./panels/start.js")).startView(context),
  bar: async () => (await import("./bar/bar-view.js")).barView(context),
  menu: async () => (await import("./bar/menu-view.js")).menuView(context),
  "bar-shared": async () => (await import("./bar/shared-view.js")).sharedBarView(context),
};
const lists = { recipes: async () => (await import("./panels/recipes.js")).recipesView(context) };
const forms = {
  "recipe-form": async () => (await import("./edit/recipe-form.js")).recipeForm(context),
  "ingredient-form": async () => (await import("./edit/ingredient-form.js")).ingredientForm(context),
  import: async () => (await import("./imports/imports-view.js")).importsView(context),
};

/** A view whose module is fetched when it is first shown. */
const lazily = (load) => async (...given) => (await Promise.all([twice(load), styles(), loadKept()]))[0](...given);

/** It minds new versions itself: it must not be rebuilt under the fingers of who fills it in. */
const lazyForm = (load) => Object.assign(lazily(load), { own: true });

/** Somebody is about to open one. */
const fetchPanels = () => [styles, loadKept, ...Object.values({ ...panels, ...lists })].forEach((load) => load().catch(() => {}));
for (const sign of ["pointermove", "pointerdown", "keydown"]) addEventListener(sign, fetchPanels, { once: true, passive: true });

const panel = createPanel(store, {
  ...Object.fromEntries(Object.entries(panels).map(([view, load]) => [view, lazily(load)])),
  ...Object.fromEntries(Object.entries({ ...lists, ...forms }).map(([view, load]) => [view, lazyForm(load)])),
}, {
  onToggle: (open) => map.updateInsets(open),
  onShown: () => map.follow(store.get()),
  close: () => router.go({ view: "map", search: "" }),
});

for (const kind of /** @type {const} */ (["dragover", "drop"])) addEventListener(kind, async (event) => {
  if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  const files = [...event.dataTransfer.files]; // the event forgets them
  if (kind === "drop") (await import("./imports/drop.js")).take(context, files);
});
createLegend(store, router);
createSpaceSwitch(store, router);
createSearch(store, router, announce);
if (onDevice.read("bars")) loadKept();
createNotice(store);
store.subscribe(["news"], () => news());
byId("tour-start").addEventListener("click", async () => {
  const { startTour } = await import("./shell/tour.js");
  const example = () => store.get().mapData.columns.ids[map.view.middlePoint];
  startTour({ example, router, close: () => router.go({ view: "map", search: "", families: [] }) });
});
byId("account").addEventListener("click", () => { if (!store.get().person) session.signIn(); });
store.subscribe(["person"], ({ person }) => { if (person) account(); });
createThemeSwitch(() => map.view.recolour());
createFreshnessChip(store, { announce, refreshNow: () => writer.refreshNow() });

/** Somebody left a form: where something is in it, say that it is kept. */
async function followForms({ route }) {
  const left = formBefore;
  formBefore = route.view.endsWith("-form") ? route : null;
  if (left) (await import("./edit/left-form.js")).sayKept(left, route, router);
}

let formBefore = null;

function followRoute({ route }) {
  for (const link of all(".views [data-view]")) {
    const editing = route.view.endsWith("-form") && (route.id !== null || route.view === "ingredient-form");
    const here = !editing && link.dataset.view === (route.view === "complexity" ? "recipes" : route.view);
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (route.view === "map" || (route.search && route.view !== "recipe")) map.follow(store.get());
  if (route.view !== "recipe-form" && store.get().draft) store.set({ draft: null });
}

store.subscribe(["route"], followRoute);
store.subscribe(["selection"], (state) => state.route.view !== "recipe" && map.follow(state));
store.subscribe(["route"], followForms);
followRoute(store.get());
followForms(store.get());
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("search-text").focus();
});

map.updateInsets(false);
const updateInsets = () => map.updateInsets(!byId("panel").hidden);
addEventListener("resize", updateInsets);
const resized = new ResizeObserver(updateInsets);
for (const id of ["panel", "corner", "about"]) resized.observe(byId(id)); // wider for a conflict, filled later
mapLoader.start(document.documentElement.dataset.run);
freshness.poll();
panel.start();
if (returned || mayBeSignedIn()) session.token().catch(() => {}); // whoever needs one asks again
