import assert from "node:assert/strict";
import { test } from "node:test";
import { pollDelay } from "../../../src/cocktailspace/web/static/js/shell/freshness.js";

const NOW = Date.parse("2026-01-01T12:00:00Z");
const pending = (seconds) => ({
  status: { state: "pending", due_at: new Date(NOW + seconds * 1000).toISOString() }, offline: false,
});

test("a run that is minutes away is asked for every 15 seconds, and when it is due", () => {
  assert.equal(pollDelay(pending(300), NOW), 15_000);
  assert.equal(pollDelay(pending(8), NOW), 8_000);
  assert.equal(pollDelay(pending(0.2), NOW), 1_000);
});

test("one that is overdue is asked for ever more seldom", () => {
  assert.equal(pollDelay(pending(-1), NOW), 1_000);
  assert.equal(pollDelay(pending(-4), NOW), 4_000);
  assert.equal(pollDelay(pending(-600), NOW), 15_000);
});

test("a run that waits for nobody knows what is asked for each second", () => {
  assert.equal(pollDelay({ status: { state: "pending", due_at: null }, offline: false }, NOW), 1_000);
});
