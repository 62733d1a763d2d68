// How the map stands against the recipes: told or asked of the server, counted down here.

import { API, ApiError, getJson } from "../data/api.js";
import { clock, counted, dateShort, dateTime, percent } from "../format.js";
import { byId, h } from "../html.js";

const POLL_MS = { fresh: 5000, running: 700, failed: 3000, offline: 4000 };
const PENDING_MS = { least: 1000, most: 15_000 };
const SILENCE_MS = 40_000; // the server's stream says each 15 s how things stand
const REFUSED_MS = 60_000;

/** Milliseconds until the next question: a run that is minutes away is asked for seldom, one that is due at once. */
export function pollDelay({ status, offline }, serverNow) {
  if (offline) return POLL_MS.offline;
  if (status.state !== "pending") return POLL_MS[status.state];
  const wait = Math.abs(Date.parse(status.due_at) - serverNow) || 0;
  return Math.min(PENDING_MS.most, Math.max(PENDING_MS.least, wait));
}

/** Keeps `store.freshness`: { status (or null), skew (server's clock less ours, ms), offline }. */
export function createFreshness(store) {
  let timer = 0, stream = null, mayListenAt = 0;

  function ask(delay) {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(poll, delay);
  }

  const know = (status) => store.set({ freshness: { status, skew: Date.parse(status.now) - Date.now(), offline: false } });

  /** Have the server tell, where it does: each word puts the next question off. One that tells nothing, or refuses, is asked as before. */
  function listen() {
    if (!("tells" in document.documentElement.dataset) || document.hidden || Date.now() < mayListenAt || stream?.readyState < EventSource.CLOSED) return;
    mayListenAt = Date.now() + REFUSED_MS;
    stream = new EventSource(`${API}/events`);
    stream.onerror = poll;
    for (const state of ["fresh", "pending", "running", "failed"]) stream.addEventListener(state, ({ data }) => {
      know(JSON.parse(data));
      ask(SILENCE_MS);
    });
  }

  async function poll() {
    clearTimeout(timer);
    try {
      know(await getJson("/refresh", { cache: "no-store" }));
      listen();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      store.set({ freshness: { ...store.get().freshness, offline: true } });
    }
    const { freshness } = store.get();
    const serverNow = Date.now() + freshness.skew;
    ask(pollDelay(freshness, serverNow));
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return poll();
    stream?.close();
    mayListenAt = 0;
  });
  return { poll };
}

/** What to say: { state, text, spoken } — spoken changes only when the state does. */
export function wording({ status, skew, offline }, now = Date.now()) {
  if (offline) return { state: "offline", text: "No connection", spoken: "The server cannot be reached" };
  if (!status) return { state: "unknown", text: "…", spoken: "" };
  const changes = counted(status.pending_changes, "change");
  switch (status.state) {
    case "running": return running(status);
    case "pending": {
      const wait = (Date.parse(status.due_at) - now - skew) / 1000;
      const text = wait > 0 ? `Refresh in ${clock(wait)} (${changes})` : `Refresh due (${changes})`;
      return { state: "pending", text, spoken: `Refresh pending, ${changes}` };
    }
    case "failed": {
      const last = status.published_at ? `last result from ${dateShort(status.published_at)}` : "no result yet";
      return { state: "failed", text: `Failed, ${last}`, spoken: `The refresh failed, ${last}` };
    }
    default: return { state: "fresh", text: "Up to date", spoken: "The map is up to date" };
  }
}

function running({ attempt }) {
  const step = attempt?.state === "running" && attempt.step ? attempt.step : "";
  const text = step ? `Computing — ${step} ${percent(attempt.fraction)}` : "Computing …";
  return { state: "running", text, spoken: "Computing the new map" };
}

/** The chip in the header, the line under it, and the details behind it. */
export function createFreshnessChip(store, { announce, refreshNow }) {
  const chip = byId("freshness");
  let spoken = "";
  const show = () => {
    const { freshness } = store.get();
    const said = wording(freshness);
    chip.dataset.state = said.state;
    const text = chip.querySelector(".text");
    if (text.textContent !== said.text) text.textContent = said.text;
    if (said.spoken !== spoken) announce(said.spoken);
    spoken = said.spoken;
    const attempt = freshness.status?.attempt;
    byId("progress").classList.toggle("on", said.state === "running");
    byId("progress").style.transform = `scaleX(${said.state === "running" ? 0.05 + 0.95 * (attempt?.fraction ?? 0) : 0})`;
  };
  store.subscribe(["freshness"], show);
  setInterval(show, 250);
  const more = byId("freshness-more");
  const fill = () => more.replaceChildren(...details(store.get(), refreshNow));
  more.addEventListener("toggle", (event) => { if (event.newState === "open") fill(); });
  store.subscribe(["freshness", "mapData"], () => { if (more.matches(":popover-open")) fill(); });
}

function details({ freshness: { status, offline }, mapData }, refreshNow) {
  const manifest = mapData?.run.manifest;
  const facts = [
    ["Shown", manifest ? dateTime(manifest.generated_at) : "nothing yet"],
    ["Recipes on the map", manifest ? `${manifest.counts.recipes_in_space} of ${manifest.counts.recipes}` : "–"],
    ["Version", status ? `${status.published_version ?? "–"} of ${status.catalogue_version}` : "–"],
    ["Computed in", manifest ? `${Object.values(manifest.seconds).reduce((sum, each) => sum + each, 0).toFixed(1)} s` : "–"],
  ];
  const error = status?.state === "failed" ? status.attempt?.error : null;
  return [
    h("dl", {}, facts.map(([term, fact]) => [h("dt", {}, term), h("dd", {}, fact)])),
    error ? h("p", { class: "small" }, `The last refresh failed: ${error}`) : null,
    offline ? h("p", { class: "small" }, "The server cannot be reached; what you see is the last result.") : null,
    h("button", { type: "button", class: "button", onclick: refreshNow }, "Refresh now"),
    h("p", { class: "small soft" }, h("a", { href: `${API}/openapi.json` }, "API"), " · ", h("a", { href: "/recipes" }, "All recipes A–Z")),
  ].filter(Boolean);
}
