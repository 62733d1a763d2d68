// Points by WebGL 2: positions stay on the graphics card, so that moving the view, or moving every
// point from an old map to a new one, costs a few numbers a frame.

const VERTEX = `#version 300 es
in vec2 from; in vec2 to; in float colour; in float state;
uniform vec2 scale; uniform vec2 shift; uniform float time; uniform float size; uniform float layer;
uniform vec3 palette[12];
out vec4 ink; out float radius;
void main() {
  if (state != layer) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); gl_PointSize = 1.0; return; }
  gl_Position = vec4(mix(from, to, time) * scale + shift, 0.0, 1.0);
  float grown = state == 3.0 ? size * 1.25 + 1.0 : size;
  gl_PointSize = grown + 2.0;
  radius = grown;
  ink = vec4(palette[int(colour)], state < 1.5 ? 0.12 : state > 3.5 ? 0.45 : state > 2.5 ? 1.0 : 0.86);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 ink; in float radius; uniform vec3 ground; out vec4 colour;
void main() {
  float gap = length(gl_PointCoord - 0.5) * (radius + 2.0);
  float inside = clamp(radius * 0.5 - gap + 0.5, 0.0, 1.0);
  float rim = radius > 7.0 ? clamp(gap - radius * 0.5 + 1.7, 0.0, 1.0) * 0.75 : 0.0;
  float alpha = inside * ink.a;
  colour = vec4(mix(ink.rgb, ground, rim) * alpha, alpha);
}`;

const LAYERS = [1, 4, 2, 3]; // dim, half, normal, bright: what matters most is drawn last

/** A renderer on this canvas, or null where there is no WebGL 2. */
export function webglPoints(canvas) {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true, preserveDrawingBuffer: false });
  if (!gl) return null;
  const program = link(gl);
  const uniform = (name) => gl.getUniformLocation(program, name);
  const at = Object.fromEntries(["scale", "shift", "time", "size", "layer", "palette", "ground"].map((name) => [name, uniform(name)]));
  const buffers = Object.fromEntries(["from", "to", "colour", "state"].map((name) => [name, attribute(gl, program, name)]));
  const fill = (name, array) => {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, array, gl.DYNAMIC_DRAW);
  };
  let count = 0, layers = LAYERS;
  return {
    kind: "webgl",
    setPoints(from, to, colours) {
      count = colours.length;
      fill("from", from);
      fill("to", to);
      fill("colour", colours);
    },
    setStates(states) {
      fill("state", states);
      layers = LAYERS.filter((layer) => states.includes(layer)); // a pass over all points each
    },
    draw(scene) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      if (!count) return;
      gl.useProgram(program);
      setUniforms(gl, at, scene);
      for (const layer of layers) {
        gl.uniform1f(at.layer, layer);
        // What is lit is drawn whole; of the others a beginning is a fair sample.
        gl.drawArrays(gl.POINTS, 0, layer === 3 ? count : Math.min(scene.most, count));
      }
    },
  };
}

function setUniforms(gl, at, { camera, time, size, ratio, palette, ground }) {
  const { width, height, scale, x, y } = camera;
  const [middleX, middleY] = camera.middle;
  gl.uniform2f(at.scale, (2 * scale) / width, (2 * scale) / height);
  gl.uniform2f(at.shift, (2 * (middleX - x * scale)) / width - 1, 1 - (2 * (middleY + y * scale)) / height);
  gl.uniform1f(at.time, time);
  gl.uniform1f(at.size, size * ratio);
  gl.uniform3fv(at.palette, palette.flat());
  gl.uniform3fv(at.ground, ground);
}

function attribute(gl, program, name) {
  const buffer = gl.createBuffer();
  const place = gl.getAttribLocation(program, name);
  const isPlace = name === "from" || name === "to";
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, isPlace ? 2 : 1, isPlace ? gl.FLOAT : gl.UNSIGNED_BYTE, false, 0, 0);
  return buffer;
}

function link(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  return program;
}
