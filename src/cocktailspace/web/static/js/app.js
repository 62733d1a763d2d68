// Puts the page together: the one place that knows all parts.

import { all, byId, h } from "./html.js";
import { createRouter } from "./router.js";
import { createStore } from "./store.js";
import { deleteDialog } from "./edit/delete-dialog.js";
import { formOf, readDraft } from "./edit/drafts.js";
import { ingredientForm } from "./edit/ingredient-form.js";
import { recipeForm } from "./edit/recipe-form.js";
import { createWriter } from "./edit/writer.js";
import { complexityView } from "./panels/complexity.js";
import { searchResultsView } from "./panels/search-results.js";
import { ingredientView } from "./panels/ingredient.js";
import { createPanel } from "./panels/panel.js";
import { recipeView } from "./panels/recipe.js";
import { createMapLoader } from "./shell/map-loader.js";
import { createFreshness, createFreshnessChip } from "./shell/freshness.js";
import { createLegend, createSpaceSwitch } from "./shell/legend.js";
import { createMapShell } from "./shell/map-shell.js";
import { createNews, createNotice } from "./shell/notices.js";
import { createSearch } from "./shell/search.js";
import { createThemeSwitch } from "./shell/theme.js";
import { toast } from "./shell/toast.js";

const store = createStore({
  route: null, // where the page is
  mapData: null, // the run that is shown
  loadError: null, // why there is none
  freshness: { status: null, skew: 0, offline: false },
  similar: { id: null, list: [] }, // of the recipe that is shown
  provisional: new Map(), // recipes newer than the run, by id (data/provisional.js)
  deleted: new Set(), // ids of recipes deleted since
  draft: null, // the recipe being written: { name, places, neighbours }
  news: null, // what the last new version changed
  requestedRun: null, // the run that was last asked for
});

const announcer = byId("announcer");
const announce = (text) => { announcer.textContent = text; };

const router = createRouter(store);
const mapLoader = createMapLoader(store);
const freshness = createFreshness(store);
const map = createMapShell(store, router, announce);
const writer = createWriter({ announce, written: () => freshness.poll() });
const context = { store, router, announce, writer, remove: deleteDialog(store, router, writer) };

const panel = createPanel(store, {
  recipe: recipeView(context),
  ingredient: ingredientView(context),
  complexity: complexityView(context),
  search: searchResultsView(context),
  "recipe-form": recipeForm(context),
  "ingredient-form": ingredientForm(context),
  lost: async () => ({ title: "Nothing is here", nodes: [h("p", { class: "lede" }, "This address leads nowhere. It may be mistyped, or from another catalogue."), h("div", { class: "actions" }, h("a", { class: "button primary", href: "#/" }, "The map"))] }),
}, {
  onToggle: (open) => map.updateInsets(open),
  onShown: () => map.follow(store.get()),
  close: () => router.go({ view: "map", search: "" }),
});

createLegend(store, router);
createSpaceSwitch(store, router);
createSearch(store, router, announce);
createNotice(store);
createNews(store, router);
createThemeSwitch(() => map.view.recolour());
createFreshnessChip(store, { announce, refreshNow: () => writer.refreshNow() });

/** Somebody left a form with something in it: say that it is kept. */
function followForms({ route }) {
  const left = formBefore && formOf(formBefore) !== formOf(route) && readDraft(formOf(formBefore)) ? formBefore : null;
  if (left) toast("What you wrote is kept.", { label: "Go on writing", act: () => router.go({ search: "", ...left }) });
  formBefore = route.view.endsWith("-form") ? route : null;
}

let formBefore = null;

function followRoute({ route }) {
  for (const link of all(".views [data-view]")) {
    const editing = route.view.endsWith("-form") && (route.id !== null || route.view === "ingredient-form");
    const here = !editing && link.dataset.view === (route.view === "search" ? "map" : route.view);
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (route.view === "map" || (route.search && route.view !== "recipe")) map.follow(store.get());
  if (route.view !== "recipe-form" && store.get().draft) store.set({ draft: null });
}

store.subscribe(["route"], followRoute);
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
