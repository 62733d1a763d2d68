// Keeps what is somebody's own on the server, too, while they are signed in: what changed here since, what
// changed there, and both at once. What this browser had before becomes theirs.

import { request } from "../data/api.js";
import { bearer } from "../shell/session.js";
import { toast } from "../shell/toast.js";
import { onDevice } from "../storage.js";
import { collectionOf, keptOf, merged, nothing, same } from "./merging.js";
import { FORMAT, nothingKept, readKept } from "./kept.js";

const PATH = "/me/collection", SYNCED = "bars-synced", ASIDE = "bars-of-";
const PAUSE_MS = 800; // after the last change
const TRIES = 5;

/** Gives { leave() }: what is theirs goes from this browser. */
export function createSyncer(store, session, keeper) {
  let timer = 0, told = "";

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(sync, PAUSE_MS);
  };
  const mine = () => collectionOf(store.get().kept);
  const unsent = () => !same(mine(), onDevice.readJson(SYNCED)?.base ?? nothing);

  store.subscribe(["kept"], () => { if (store.get().person && unsent()) later(); });
  store.subscribe(["person"], sync);
  addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });
  sync();

  /** One tab at a time, where the browser can see to that. */
  async function sync() {
    clearTimeout(timer);
    if (!store.get().person?.key) return;
    try {
      await (navigator.locks ? navigator.locks.request("bars", exchange) : exchange());
    } catch (error) {
      if (error.status && error.status !== 401) tell(`Your bars are not kept on the server for now: ${error.message}`);
    }
  }

  async function exchange() {
    const { key } = store.get().person ?? {};
    if (!key) return;
    let base = ownBase(key);
    let { body: theirs, etag } = await send("GET");
    for (let turn = 0; turn < TRIES; turn++) {
      const { kept } = store.get();
      const one = merged(base, mine(), theirs);
      if (!one) return tell("Together with what the server keeps for you it is too much: delete some, here or there. Nothing is lost.");
      if (!same(one, mine())) keeper.change(() => keptOf(one, kept));
      write(SYNCED, { key, base: theirs });
      if (same(one, theirs)) return;
      try {
        ({ body: theirs, etag } = await send("PUT", one, etag));
        base = one;
      } catch (error) {
        if (error.status !== 412) throw error;
        base = theirs; // another device was quicker
        ({ body: theirs, etag } = await send("GET"));
      }
    }
  }

  /**
   * What the server is known to have. What nobody signed in for becomes theirs; somebody else's unsent
   * changes make room, and come back with them.
   */
  function ownBase(key) {
    const known = onDevice.readJson(SYNCED);
    if (known?.key === key) return known.base;
    if (known && unsent()) write(ASIDE + known.key, { ...store.get().kept, format: FORMAT, base: known.base });
    const aside = onDevice.readJson(ASIDE + key);
    const one = merged(nothing, known ? nothing : mine(), collectionOf(readKept(JSON.stringify(aside)) ?? nothingKept()));
    if (!one) return nothing; // too much for one: what is aside waits
    if (!same(one, mine())) keeper.change((kept) => keptOf(one, kept));
    const base = aside?.base ?? nothing;
    write(SYNCED, { key, base });
    write(ASIDE + key, null);
    return base;
  }

  async function send(method, json, etag) {
    const headers = (token) => ({ ...bearer(token), ...(etag && { "If-Match": etag }) });
    const token = await session.token();
    if (!token) throw new Error("nobody is signed in");
    try {
      return await request(PATH, { method, json, headers: headers(token), cache: "no-store" });
    } catch (error) {
      const other = error.status === 401 ? await session.refused(token) : null;
      if (!other) throw error;
      return request(PATH, { method, json, headers: headers(other), cache: "no-store" });
    }
  }

  function tell(text) {
    if (text !== told) toast(text);
    told = text;
  }

  return {
    async leave() {
      const { person, kept } = store.get();
      await sync();
      if (unsent() && person?.key) write(ASIDE + person.key, { ...kept, format: FORMAT, base: onDevice.readJson(SYNCED)?.base ?? nothing });
      store.set({ person: null }); // so that nothing is sent any more
      write(SYNCED, null);
      keeper.change(nothingKept);
    },
    /** The server forgets it; this browser does not. */
    async deleteThere() {
      const token = await session.token();
      if (!token) return;
      await request("/me", { method: "DELETE", headers: bearer(token) });
      store.set({ person: null });
      write(SYNCED, null);
    },
  };
}

/** What cannot be kept counts as changed, which loses nothing. */
const write = (key, value) => onDevice.write(key, value && JSON.stringify(value));
