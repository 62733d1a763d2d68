// The families' colours, as people with and without colour blindness see them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const CSS = readFileSync(new URL("../../../src/cocktailspace/web/static/css/base.css", import.meta.url), "utf8");
const FAR_APART = 13; // CIEDE2000; 2 can hardly be told apart side by side
const SEEN = 3; // contrast with the ground, WCAG 1.4.11

/** Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB. */
const EYES = {
  "full colour": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]];
const WHITE = [0.95047, 1, 1.08883];

const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, each, place) => sum + each * vector[place], 0));

const linear = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
  .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));

function labOf(rgb) {
  const [x, y, z] = times(XYZ, rgb.map((value) => Math.min(Math.max(value, 0), 1))).map((value, place) => value / WHITE[place])
    .map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIEDE2000 (Sharma, Wu & Dalal 2005). */
function difference([L1, a1, b1], [L2, a2, b2]) {
  const rad = Math.PI / 180, sevenths = (c) => Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  const grown = 1 + 0.5 * (1 - sevenths((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const C1 = Math.hypot(a1 * grown, b1), C2 = Math.hypot(a2 * grown, b2), C = (C1 + C2) / 2, L = (L1 + L2) / 2;
  const h1 = (Math.atan2(b1, a1 * grown) / rad + 360) % 360, h2 = (Math.atan2(b2, a2 * grown) / rad + 360) % 360;
  const turn = ((h2 - h1 + 540) % 360) - 180, h = (h1 + turn / 2 + 360) % 360;
  const T = 1 - 0.17 * Math.cos((h - 30) * rad) + 0.24 * Math.cos(2 * h * rad) + 0.32 * Math.cos((3 * h + 6) * rad) - 0.2 * Math.cos((4 * h - 63) * rad);
  const dL = (L2 - L1) / (1 + (0.015 * (L - 50) ** 2) / Math.sqrt(20 + (L - 50) ** 2));
  const dC = (C2 - C1) / (1 + 0.045 * C);
  const dH = (2 * Math.sqrt(C1 * C2) * Math.sin((turn / 2) * rad)) / (1 + 0.015 * C * T);
  const rotation = -2 * sevenths(C) * Math.sin(60 * rad * Math.exp(-(((h - 275) / 25) ** 2)));
  return Math.sqrt(dL ** 2 + dC ** 2 + dH ** 2 + rotation * dC * dH);
}

/** The palettes and grounds of the themes, in the order of the style sheet: light, dark by system, dark by choice. */
const all = (name) => [...CSS.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6})`, "g"))].map(([, hex]) => hex);
const colours = all("family-\\d+"), grounds = all("map-ground");
const THEMES = ["light", "dark by system", "dark by choice"].map((name, place) => ({ name, palette: colours.slice(12 * place, 12 * place + 12), ground: grounds[place] }));

test("the formula gives the published differences", () => {
  assert.ok(Math.abs(difference([50, 2.6772, -79.7751], [50, 0, -82.7485]) - 2.0425) < 1e-4);
  assert.ok(Math.abs(difference([50, 2.5, 0], [73, 25, -18]) - 27.1492) < 1e-4);
});

for (const { name, palette, ground } of THEMES) {
  for (const [eyes, matrix] of Object.entries(EYES)) {
    test(`any two families can be told apart: ${name}, ${eyes}`, () => {
      const seen = palette.map((hex) => labOf(times(matrix, linear(hex))));
      seen.forEach((one, place) => seen.slice(place + 1).forEach((other, step) => {
        assert.ok(difference(one, other) >= FAR_APART, `${palette[place]} ${palette[place + 1 + step]}: ${difference(one, other).toFixed(1)}`);
      }));
    });
  }
  test(`every family stands out from the ground: ${name}`, () => {
    const luminance = (hex) => times(XYZ, linear(hex))[1];
    for (const hex of palette) {
      const [dark, bright] = [luminance(hex), luminance(ground)].sort((one, other) => one - other);
      assert.ok((bright + 0.05) / (dark + 0.05) >= SEEN, hex);
    }
  });
}
