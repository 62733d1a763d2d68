// Points on a plain 2D canvas, for browsers without WebGL 2: slower, but the same picture.

const ALPHA = { 1: 0.12, 4: 0.45, 2: 0.86, 3: 1 };
const LAYERS = [1, 4, 2, 3]; // what is drawn over what

export function canvasPoints(canvas) {
  const context = canvas.getContext("2d");
  let points = { from: new Float32Array(0), to: new Float32Array(0), colours: new Uint8Array(0) };
  let states = new Uint8Array(0), layers = [];
  return {
    kind: "canvas",
    setPoints(from, to, colours) { points = { from, to, colours }; },
    setStates(given) {
      states = given;
      layers = LAYERS.filter((layer) => states.includes(layer));
    },
    draw(scene) {
      context.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
      context.clearRect(0, 0, scene.camera.width, scene.camera.height);
      for (const layer of layers) drawLayer(context, points, states, layer, scene);
      context.globalAlpha = 1;
    },
  };
}

function drawLayer(context, { from, to, colours }, states, layer, { camera, time, size, palette, ratio, most }) {
  const side = layer === 3 ? size * 1.25 + 1 : size;
  const stamps = palette.map((colour) => stamp(colour, side, ratio));
  const [middleX, middleY] = camera.middle;
  const left = middleX - camera.x * camera.scale - side / 2, top = middleY + camera.y * camera.scale - side / 2;
  context.globalAlpha = ALPHA[layer];
  const end = layer === 3 ? colours.length : Math.min(most, colours.length);
  for (let index = 0; index < end; index++) {
    if (states[index] !== layer) continue;
    const x = from[2 * index] + (to[2 * index] - from[2 * index]) * time;
    const y = from[2 * index + 1] + (to[2 * index + 1] - from[2 * index + 1]) * time;
    const screenX = x * camera.scale + left, screenY = top - y * camera.scale;
    if (screenX < -side || screenY < -side || screenX > camera.width || screenY > camera.height) continue;
    context.drawImage(stamps[colours[index]], screenX, screenY, side, side);
  }
}

/** A disc drawn once and stamped many times, which is faster than a path for each point. */
function stamp([red, green, blue], side, ratio) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(side * ratio);
  const context = canvas.getContext("2d");
  context.fillStyle = `rgb(${red * 255} ${green * 255} ${blue * 255})`;
  context.beginPath();
  context.arc(canvas.width / 2, canvas.width / 2, canvas.width / 2 - 0.5, 0, 2 * Math.PI);
  context.fill();
  return canvas;
}
