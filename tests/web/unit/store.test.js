import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../../src/cocktailspace/web/static/js/store.js";

test("who subscribed hears of its fields until its signal is aborted, and never after", () => {
  const store = createStore({ one: 1, other: 1 }), heard = [], left = new AbortController();
  store.subscribe(["one"], ({ one }) => heard.push(one), left.signal);
  store.set({ one: 2 });
  store.set({ one: 2, other: 2 });
  left.abort();
  store.subscribe(["one"], ({ one }) => heard.push(one), left.signal); // a view that was left before it was there
  store.set({ one: 3 });
  assert.deepEqual(heard, [2]);
});
