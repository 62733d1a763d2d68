import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST, newBar, nothingKept } from "../../../src/cocktailspace/web/static/js/bar/kept.js";
import { collectionOf, keptOf, merged, nothing, same } from "../../../src/cocktailspace/web/static/js/bar/merging.js";

/** Mulberry32: numbers that are the same in every run. */
function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function madeUp(random) {
  const below = (most) => Math.floor(random() * most);
  const some = (make) => [...new Map(Array.from({ length: below(4) }, make).map((row) => [row.id ?? row.name, row])).values()];
  const row = () => { const id = 1 + below(4); return random() < 0.2 ? { id: null, name: `gone ${id}` } : { id, name: `row ${id}` }; };
  return {
    bars: some(() => ({ name: `bar ${below(3)}`, staples: random() < 0.5, ingredients: some(row) })),
    opinions: some(() => ({ ...row(), favourite: random() < 0.5, tried: random() < 0.5, rating: below(6), note: ["", "dry", "too dry", "sweet"][below(4)] })),
    lists: some(() => ({ name: `list ${below(3)}`, recipes: some(row) })),
  };
}

/** All that a collection says, as words. */
function said({ bars, opinions, lists }) {
  const key = (row) => row.id ?? row.name;
  return [
    ...bars.flatMap((bar) => [`bar ${bar.name}`, bar.staples ? "" : `${bar.name} without staples`, ...bar.ingredients.map((row) => `${bar.name}: ${key(row)}`)]),
    ...lists.flatMap((list) => [`list ${list.name}`, ...list.recipes.map((row) => `${list.name}; ${key(row)}`)]),
    ...opinions.flatMap((each) => [`${key(each)}`, each.favourite ? `${key(each)} favourite` : "", each.tried ? `${key(each)} tried` : ""]),
  ].filter(Boolean);
}

const sets = (words) => [...new Set(words)].sort();
const TURNS = 2000;

test("at first nothing that either says is lost, and nothing is made up", () => {
  const random = seeded(1);
  for (let turn = 0; turn < TURNS; turn++) {
    const mine = madeUp(random), theirs = madeUp(random);
    const one = merged(nothing, mine, theirs);
    assert.deepEqual(sets(said(one)), sets([...said(mine), ...said(theirs)]));
    for (const each of [...mine.opinions, ...theirs.opinions]) {
      const now = one.opinions.find((other) => (other.id ?? other.name) === (each.id ?? each.name));
      assert.ok(now.rating >= each.rating && now.note.includes(each.note), JSON.stringify([each, now]));
    }
  }
});

test("whichever browser signs in first, the same comes out, and merging it again changes nothing", () => {
  const random = seeded(2);
  for (let turn = 0; turn < TURNS; turn++) {
    const mine = madeUp(random), theirs = madeUp(random);
    const one = merged(nothing, mine, theirs), other = merged(nothing, theirs, mine);
    assert.deepEqual(sets(said(one)), sets(said(other)));
    const notes = ({ opinions }) => sets(opinions.map((each) => `${each.id ?? each.name} ${each.rating} ${each.note}`));
    assert.deepEqual(notes(one), notes(other));
    assert.ok(same(merged(nothing, one, one), one));
    assert.ok(same(merged(theirs, one, theirs), one), "what was merged is what is sent");
  }
});

test("what one side alone changed or deleted is as it has it", () => {
  const random = seeded(3);
  for (let turn = 0; turn < TURNS; turn++) {
    const base = madeUp(random), changed = madeUp(random);
    assert.ok(same(merged(base, base, changed), changed));
    assert.deepEqual(sets(said(merged(base, changed, base))), sets(said(changed)));
  }
});

test("what one side deleted and the other changed stays", () => {
  const opinion = { id: 1, name: "Negroni", favourite: false, tried: true, rating: 3, note: "" };
  const base = { ...nothing, opinions: [opinion] }, noted = { ...nothing, opinions: [{ ...opinion, note: "less gin" }] };
  assert.deepEqual(merged(base, nothing, noted).opinions, noted.opinions);
  assert.deepEqual(merged(base, noted, nothing).opinions, noted.opinions);
  assert.deepEqual(merged(base, nothing, base).opinions, []);
});

test("two that change different parts of one thing both have their way", () => {
  const bar = { name: "Home", staples: true, ingredients: [{ id: 1, name: "Gin" }, { id: 2, name: "Lime" }] };
  const base = { ...nothing, bars: [bar] };
  const mine = { ...nothing, bars: [{ ...bar, ingredients: [bar.ingredients[0], { id: 3, name: "Mint" }] }] };
  const theirs = { ...nothing, bars: [{ ...bar, staples: false, ingredients: [...bar.ingredients, { id: 4, name: "Rum" }] }] };
  const [one] = merged(base, mine, theirs).bars;
  assert.deepEqual([one.staples, one.ingredients.map(({ id }) => id).sort()], [false, [1, 3, 4]]);
});

test("more than may be kept is refused whole", () => {
  const bars = (from) => Array.from({ length: MOST.bars - 5 }, (_, place) => ({ ...newBar(`bar ${from + place}`), ingredients: [] }));
  assert.equal(merged(nothing, { ...nothing, bars: bars(0) }, { ...nothing, bars: bars(100) }), null);
});

test("the bar that everybody begins with is nothing to keep, and the one that was looked at stays in view", () => {
  assert.deepEqual(collectionOf(nothingKept()), nothing);
  assert.deepEqual(keptOf(nothing, nothingKept()), nothingKept());
  const bars = [{ ...newBar("Home") }, { ...newBar("Office") }];
  assert.equal(keptOf({ ...nothing, bars }, { ...nothing, bars: [newBar("Office")], current: 0 }).current, 1);
});
