// The panel beside the map: shows what the route asks for, one thing at a time.

import { NO_MAP } from "../data/run.js";
import { byId, h } from "../html.js";

const SCROLLED = 44; // pixels, after which the heading is on its way out
const PATIENCE_MS = 180; // an answer that comes sooner needs no skeleton

/**
 * views: by route.view, an async function of (route, mapData, signal) that gives { title, nodes } or null
 * for no panel; mapData is NO_MAP where none can be loaded, signal is aborted when the view is left. `own` says that the view minds new versions
 * itself.
 */
export function createPanel(store, views, { onToggle, onShown, close }) {
  const panel = byId("panel");
  let shownKey = "";
  let shownRun = null;
  let turn = 0, broken = false, shown = new AbortController();

  async function show({ route, mapData, loadError }) {
    const view = views[route.view];
    const key = keyOf(route);
    const again = key === shownKey;
    if (again && (shownRun === (mapData?.run ?? null) || view?.own)) return;
    if (view && !view.own && !mapData && !loadError) return;
    [shownKey, shownRun] = [key, mapData?.run ?? null];
    const mine = ++turn;
    if (!view) {
      shown.abort();
      return toggle(false);
    }
    const coming = new AbortController();
    const slow = setTimeout(() => mine === turn && !again && fill("", skeleton(), again), PATIENCE_MS);
    const content = await view(route, mapData ?? NO_MAP, coming.signal).catch((error) => failed(error, tryAgain));
    clearTimeout(slow);
    if (mine !== turn) return coming.abort();
    shown.abort();
    shown = coming;
    broken = Boolean(content?.broken);
    if (!content) return toggle(false);
    fill(content.title, content.nodes, again);
    document.title = content.title ? `${content.title} — cocktailspace` : "cocktailspace";
  }

  function fill(title, nodes, again) {
    const scroll = again ? panel.scrollTop : 0;
    const heading = h("h2", { tabindex: "-1" }, title);
    panel.replaceChildren(tools(panel, title, close), ...withHeading(heading, nodes));
    panel.setAttribute("aria-label", title || "Loading");
    toggle(true);
    panel.scrollTop = scroll;
    if (!again) focusOn(heading);
    onShown();
  }

  function tryAgain() {
    shownKey = "";
    return show(store.get());
  }

  function toggle(open) {
    if (!open) {
      document.title = "cocktailspace — a map of cocktails";
      panel.classList.remove("tall");
    }
    if (panel.hidden !== open) return;
    if (!open && panel.contains(document.activeElement)) byId("stage").focus({ preventScroll: true });
    panel.hidden = !open;
    onToggle(open);
  }

  store.subscribe(["route", "mapData", "loadError"], show);
  panel.addEventListener("scroll", () => panel.classList.toggle("scrolled", panel.scrollTop > SCROLLED), { passive: true });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });
  addEventListener("online", () => { if (broken) tryAgain(); });
  return { start: () => show(store.get()), again: tryAgain };
}

const keyOf = ({ view, id, count, from }) => JSON.stringify([view, id ?? null, count ?? null, from ?? null]);

/** Nodes may place the heading themselves (below crumbs) with the marker HEADING. */
export const HEADING = Symbol("heading");

const withHeading = (heading, nodes) =>
  nodes.includes(HEADING) ? nodes.map((node) => (node === HEADING ? heading : node)).filter(Boolean) : [heading, ...nodes.filter(Boolean)];

function focusOn(heading) {
  const typing = document.activeElement?.closest?.("#search, dialog, .tour");
  if (!typing && heading.textContent) heading.focus({ preventScroll: true });
}

/** What stays on top of a panel: its buttons and, once the heading has scrolled away, its title. */
function tools(panel, title, close) {
  const grow = h("button", { type: "button", class: "round grow", "aria-label": "Larger or smaller", onclick: () => panel.classList.toggle("tall") }, "↕");
  return h("div", { class: "tools" }, h("span", { class: "title", "aria-hidden": "true" }, title), grow, h("button", { type: "button", class: "round", "aria-label": "Close", onclick: close }, "✕"));
}

const skeleton = () => ["80%", "55%", "70%", "40%", "65%"].map((width) => h("div", { class: "skeleton", style: { width } }));

/** Where to go on from what is not there. */
export const wayOn = () => h("div", { class: "actions" }, h("a", { class: "button primary", href: "#/recipes" }, "All recipes"), h("a", { class: "button", href: "#/" }, "The map"));

function failed(error, tryAgain) {
  if (error.status === 404) return { title: "Not here any more", nodes: [h("p", { class: "lede" }, "It has been deleted, or the address is mistyped."), wayOn()] };
  return {
    broken: true,
    title: "This cannot be shown for now",
    nodes: [
      h("p", { class: "lede" }, error instanceof TypeError ? "A part of the page did not arrive." : error.message),
      h("div", { class: "actions" }, h("button", { type: "button", class: "button", onclick: tryAgain }, "Try again")),
    ],
  };
}
