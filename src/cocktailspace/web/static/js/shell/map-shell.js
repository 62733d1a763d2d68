// Ties the map to the page: what the state says goes to the map, what is pointed at comes back.

import { linesOf } from "../data/mapped-recipe.js";
import { count } from "../format.js";
import { all, byId, h } from "../html.js";
import { MapView } from "../map/map-view.js";
import { volume } from "../measures.js";
import { originsOf } from "./map-loader.js";
import { pointsOf, shownFamilies, statesOf, statesOfBar } from "./highlights.js";
import { questionFor, selectionOf } from "./selection.js";
import { readUnits } from "./units.js";

const PHONE = matchMedia("(max-width: 47.5em), (max-width: 56.25em) and (orientation: portrait)");
const MOST_LINES = 7;
const TOLD_APART = 50; // pixels
const UNNAMED = "Everything else"; // a region that is none
const CLOSEST = 60; // against the view of all
const MOST_NEIGHBOURS = 5;
const HERE = 0.25; // of the map's extent: a similar recipe farther away lies elsewhere

export function createMapShell(store, router, announce) {
  const stage = byId("stage");
  const view = new MapView(stage, { onSelect: select, onHover: hover });
  let shownMap = null;

  function select(point) {
    const { mapData, route } = store.get();
    if (point >= 0) router.go({ view: "recipe", id: mapData.columns.ids[point] });
    else if (route.view === "recipe") router.go({ view: "map" });
  }

  function hover(point, place) {
    const card = byId("hover");
    card.hidden = point < 0;
    if (point < 0) return;
    const { columns } = store.get().mapData;
    const lines = linesOf(columns, point);
    fillCard(card, columns.names[point], lines);
    putCard(card, place, view.camera);
    announce(`${columns.names[point]}: ${lines.map((line) => line.name).join(", ")}`);
  }

  function showMap({ mapData, provisional }) {
    if (!mapData || mapData === shownMap) return;
    const before = shownMap;
    const from = before?.columns.count ? originsOf(mapData, before, view.placesNow(), provisional) : null;
    view.setPoints(mapData.columns, mapData.families, from);
    const otherSpace = before && before.space !== mapData.space;
    shownMap = mapData;
    if (otherSpace && !view.showsAll) view.fitAll();
    queueMicrotask(updateObstacles); // once the legend is filled
    showRegions(mapData);
    stage.dataset.run = mapData.run.id;
    stage.dataset.space = mapData.space;
    stage.dataset.renderer = view.points.kind;
    performance.mark("map-shown");
  }

  /** Their names come after the map: they are not needed for its first picture. */
  async function showRegions(mapData) {
    const levels = await mapData.run.regions().catch(() => null); // families stand in for them
    if (!levels || mapData !== shownMap) return;
    view.setRegions(levels.map((level) => level.filter(({ name }) => name !== UNNAMED).map(({ name, recipes }) => (
      { name, points: recipes.map((id) => mapData.pointOf.get(id)).filter((point) => point !== undefined) }))));
  }

  function showStates({ route, mapData, deleted, barAnswer, barLight, selection }) {
    if (!mapData) return;
    const shown = shownFamilies(route, mapData.families);
    const points = pointsOf({ route, selection, mapData });
    const bar = route.view === "bar" || barLight ? barAnswer?.answer.map : null;
    const states = bar ? statesOfBar(bar, mapData, shown, points) : statesOf(points, mapData, shown, deleted);
    view.setStates(states);
    stage.dataset.shown = String(states.reduce((sum, state) => sum + Math.min(state, 1), 0));
    view.update({ named: points && points.length <= 400 ? points : [] });
    stage.dataset.matches = points ? String(points.length) : "";
    stage.dataset.bar = bar ? String(bar.can_make.length) : "";
  }

  function showSelected({ route, mapData, similar, news, draft }) {
    if (!mapData) return;
    const point = (id) => mapData.pointOf.get(id) ?? -1;
    const selected = route.view === "recipe" || route.view === "recipe-form" ? point(route.id) : -1;
    const written = draftPlace(draft, route, mapData, store.get().provisional);
    if (written) written.near = lying(pointsNear(written.neighbours, point), written);
    if (written && selected < 0 && route.view.startsWith("recipe")) view.showPlace(written.x, written.y);
    stage.dataset.draft = written?.name ?? "";
    view.update({
      selected,
      similar: route.view === "recipe" && similar.id === route.id ? lying(pointsNear(similar.list, point), placeOf(selected)) : [],
      marks: news ? marksOf(news, point) : [],
      draft: written,
    });
  }

  /** Move so that what the route is about can be seen; the map stays put where it can. */
  function follow(state) {
    const { route, mapData, similar } = state;
    if (!mapData) return;
    if (route.view !== "recipe" && questionFor(route) !== null && !selectionOf(state)) return; // it follows when it is there
    const points = pointsOf(state);
    const selected = route.view === "recipe" ? mapData.pointOf.get(route.id) : undefined;
    const list = similar.id === route.id ? similar.list : [];
    if (points?.length && selected === undefined) view.fit(points, route.search ? 6 : 3);
    else if (selected !== undefined) showWithNeighbours(selected, pointsNear(list, (id) => mapData.pointOf.get(id) ?? -1));
    else if (!points && view.camera.goal && !view.showsAll) view.fitAll();
  }

  const placeOf = (point) => ({ x: view.index.xs[point], y: view.index.ys[point] });

  /** Similar recipes, each with whether it lies near a place on the map, or elsewhere. */
  function lying(similar, { x, y }) {
    const [left, bottom, right, top] = view.camera.world;
    const reach = HERE * Math.max(right - left, top - bottom);
    return similar.map((each) => ({ ...each, here: Math.hypot(view.index.xs[each.point] - x, view.index.ys[each.point] - y) <= reach }));
  }

  /** Show a recipe with its nearest, unless they can be seen and told apart already. */
  function showWithNeighbours(selected, similar) {
    const nearest = lying(similar.slice(0, MOST_NEIGHBOURS), placeOf(selected)).filter(({ here }, place) => here || place === 0);
    const wanted = [selected, ...nearest.map(({ point }) => point)];
    const apart = wanted.length === 1 || view.spread(wanted) > TOLD_APART;
    if (apart && wanted.every((point) => view.isInView(point))) return;
    view.fit(wanted, apart ? Math.max(view.camera.zoom, 1) : CLOSEST);
  }

  /** Leave room for the panel, the legend and, on a phone, what lies above and below. */
  function updateInsets(panelOpen) {
    const panel = byId("panel");
    if (panel.classList.contains("tall")) return; // it covers all; the map stays as it was
    if (PHONE.matches) {
      const top = byId("corner").offsetTop + byId(panelOpen ? "spaces" : "corner").offsetHeight + 8;
      view.camera.setInsets({ left: 0, right: 0, top, bottom: panelOpen ? stage.clientHeight - panel.offsetTop : byId("about").offsetHeight });
    } else {
      view.camera.setInsets({ left: 200, right: panelOpen ? panel.offsetWidth + 12 : 56, top: 0, bottom: byId("about").offsetHeight });
    }
    updateObstacles();
  }

  /** Where names would be hidden by what floats over the map. */
  function updateObstacles() {
    const origin = stage.getBoundingClientRect();
    view.setObstacles([".spaces", ".legend", ".zoom", ".about", ".panel"].map((name) => {
      const box = document.querySelector(`main ${name}`).getBoundingClientRect();
      return [box.left - origin.left, box.top - origin.top, box.right - origin.left, box.bottom - origin.top];
    }));
  }

  store.subscribe(["mapData"], showMap);
  store.subscribe(["mapData", "route", "deleted", "barAnswer", "barLight", "selection"], showStates);
  store.subscribe(["mapData", "route", "similar", "news", "draft", "provisional"], showSelected);
  all("[data-zoom]", byId("zoom")).forEach((button) =>
    button.addEventListener("click", () => zoom(button.dataset.zoom)));

  function zoom(how) {
    if (how === "all") view.fitAll();
    else view.camera.zoomBy(how === "in" ? 1.8 : 1 / 1.8);
  }

  return { view, follow, updateInsets };
}

const pointsNear = (list, point) =>
  list.map((each) => ({ point: point(each.recipe_id), likeness: each.likeness })).filter((each) => each.point >= 0);

const marksOf = ({ created, changed }, point) => [
  ...created.slice(0, 200).map((id) => ({ point: point(id), kind: "new" })),
  ...changed.slice(0, 200).map((id) => ({ point: point(id), kind: "changed" })),
].filter((mark) => mark.point >= 0);

/** The recipe being written, or the one that the map does not have yet. */
function draftPlace(draft, route, { space, pointOf }, provisional) {
  if (route.view === "recipe-form") return draft?.places ? { ...draft.places[space], name: draft.name || "New recipe", neighbours: draft.neighbours } : null;
  const own = route.view === "recipe" ? provisional.get(route.id) : null;
  const shown = own ?? [...provisional.values()].findLast((each) => !pointOf.has(each.id));
  if (!shown?.places) return null;
  return { ...shown.places[space], name: `${shown.name} (${shown.says})`, neighbours: own ? own.neighbours : [] };
}

function fillCard(card, name, lines) {
  const shown = lines.slice(0, MOST_LINES);
  const more = lines.length - shown.length;
  card.replaceChildren(
    h("strong", {}, name),
    h("ul", {}, shown.map((line) => h("li", {}, h("span", {}, line.name), h("span", {}, volume(line.ml, readUnits()))))),
    ...(more ? [h("div", { class: "soft" }, `and ${count(more)} more`)] : []),
  );
}

function putCard(card, [x, y], camera) {
  const { offsetWidth: width, offsetHeight: height } = card;
  const left = x + 18 + width > camera.width - camera.insets.right ? x - 18 - width : x + 18;
  const top = Math.min(Math.max(y - 24, 8), camera.height - height - 8);
  card.style.transform = `translate(${Math.round(Math.max(left, 8))}px, ${Math.round(top)}px)`;
}
