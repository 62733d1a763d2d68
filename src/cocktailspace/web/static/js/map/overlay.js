// What lies over the points: lines to similar recipes, rings around what is meant, names.

import { Room, blockPoints, drawNames, nameable, shortened, spotsFor, takeSpot } from "./labels.js";
import { drawRegionNames, regionsInView } from "./regions.js";

const MOST_OBSTACLES = 300;
const PIXELS_A_REGION_AMID_NAMES = 90_000; // where recipes are named, too

const widths = new Map();

/**
 * Draw one frame. scene: { camera, names, places, size, states, index, regions, ranks, theme,
 * selected, hovered, similar: [{ point, likeness, here }], named: points to name first,
 * marks: [{ point, kind }], draft: { x, y, name, near: like similar } or null }
 */
export function drawOverlay(context, ratio, scene) {
  const { camera, theme } = scene;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, camera.width, camera.height);
  if (scene.selected >= 0) drawLinks(context, scene, scene.places.subarray(2 * scene.selected), scene.similar);
  if (scene.draft) drawLinks(context, scene, [scene.draft.x, scene.draft.y], scene.draft.near);
  drawMarks(context, scene);
  drawFocus(context, scene);
  if (scene.draft) drawDraft(context, scene);
  drawText(context, scene, { camera, room: new Room(), halo: theme.ground.css, ink: theme.ink, widths });
}

function drawText(context, scene, common) {
  const options = { ...common, names: scene.names, places: scene.places, size: scene.size };
  scene.obstacles.forEach((box) => common.room.block(box));
  if (scene.draft) drawDraftName(context, common.room, scene);
  const first = [scene.selected, scene.hovered, ...scene.similar.map((each) => each.point), ...(scene.draft?.near ?? []).map((each) => each.point), ...scene.marks.map((each) => each.point), ...scene.named];
  const distinct = [...new Set(first)].filter((point) => point >= 0);
  const inView = nameable(scene.index, scene.camera, scene.states, scene.ranks);
  const rest = inView?.filter((point) => !distinct.includes(point));
  const regions = regionsInView(scene.regions, scene, rest ? PIXELS_A_REGION_AMID_NAMES : undefined);
  drawRegionNames(context, regions, { ...common, index: scene.index, size: scene.size, palette: scene.theme.palette });
  blockPoints(common.room, inView ?? distinct.slice(0, MOST_OBSTACLES), options);
  drawNames(context, distinct, { ...options, bold: true, anyway: scene.draft ? -1 : scene.selected });
  if (rest) drawNames(context, rest, options); // they come as one zooms in
}

/** Lines from a place to the recipes that are like what is there and near it on the map, too. */
function drawLinks(context, { camera, places, theme }, [worldX, worldY], similar) {
  const [x, y] = camera.toScreen(worldX, worldY);
  context.strokeStyle = theme.accent.css;
  for (const { point, likeness, here } of similar) {
    if (!here) continue;
    const [toX, toY] = camera.toScreen(places[2 * point], places[2 * point + 1]);
    context.lineWidth = 1 + 1.6 * (likeness / 100);
    context.globalAlpha = 0.55;
    context.beginPath();
    context.moveTo(x, y);
    // A slight bow keeps lines in nearly the same direction apart.
    context.quadraticCurveTo((x + toX) / 2 + (toY - y) * 0.12, (y + toY) / 2 - (toX - x) * 0.12, toX, toY);
    context.stroke();
  }
  context.globalAlpha = 1;
}

function drawFocus(context, { camera, selected, hovered, places, size, theme }) {
  const rings = [[hovered, 1.5, theme.ink.text], [selected, 2.5, theme.accent.css]];
  for (const [point, width, colour] of rings) {
    if (point < 0) continue;
    const [x, y] = camera.toScreen(places[2 * point], places[2 * point + 1]);
    ring(context, x, y, size / 2 + 4, width, colour);
  }
}

function drawMarks(context, { camera, marks, places, size, theme }) {
  context.setLineDash([]);
  for (const { point, kind } of marks) {
    const [x, y] = camera.toScreen(places[2 * point], places[2 * point + 1]);
    ring(context, x, y, size / 2 + 6, 2, kind === "new" ? theme.accent.css : theme.ink.text);
  }
}

function drawDraft(context, { camera, draft, size, theme }) {
  const [x, y] = camera.toScreen(draft.x, draft.y);
  context.setLineDash([4, 3]);
  ring(context, x, y, size / 2 + 7, 2, theme.accent.css);
  context.setLineDash([]);
  context.fillStyle = theme.accent.css;
  context.beginPath();
  context.arc(x, y, Math.max(4, size / 2), 0, 2 * Math.PI);
  context.fill();
}

/** Before all other names, so that none stands over it. */
function drawDraftName(context, room, { camera, draft, size, theme }) {
  const [x, y] = camera.toScreen(draft.x, draft.y);
  context.font = `italic 600 13px ${theme.ink.font}`;
  context.textBaseline = "middle";
  context.lineWidth = 4;
  context.strokeStyle = theme.ground.css;
  context.fillStyle = theme.ink.text;
  const name = shortened(draft.name), gap = size / 2 + 12;
  const spot = takeSpot(room, spotsFor(x, y, context.measureText(name).width, gap), camera.width - camera.insets.right, true);
  context.strokeText(name, spot.left, spot.y);
  context.fillText(name, spot.left, spot.y);
  room.block([x - gap, y - gap, x + gap, y + gap]);
}

function ring(context, x, y, radius, width, colour) {
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}
