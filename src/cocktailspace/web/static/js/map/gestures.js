// Pointer, wheel and pinch become camera moves, taps and hovers.

const TAP_PIXELS = 6;
const WHEEL_STEP = 0.0016;

export function listenToGestures(element, camera, { onTap, onHover, onLeave }) {
  const pointers = new Map();
  let travelled = 0;
  const at = (event) => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    if (!pointers.size) travelled = 0;
    pointers.set(event.pointerId, at(event));
  });
  element.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return event.pointerType === "mouse" ? onHover(...at(event)) : undefined;
    const now = at(event);
    travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (pointers.size === 2) pinch(camera, pointers, event.pointerId, now);
    else if (travelled > TAP_PIXELS) drag(now, before);
    pointers.set(event.pointerId, now);
    return undefined;
  });
  element.addEventListener("pointerup", (event) => {
    const held = pointers.delete(event.pointerId);
    element.classList.remove("dragging");
    if (held && !pointers.size && travelled <= TAP_PIXELS) onTap(...at(event));
  });
  element.addEventListener("pointercancel", (event) => {
    pointers.delete(event.pointerId);
    element.classList.remove("dragging");
  });
  element.addEventListener("pointerleave", onLeave);
  element.addEventListener("dblclick", (event) => camera.zoomAt(2, ...at(event)));
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
    const finer = event.ctrlKey ? 5 : 1; // a trackpad's pinch comes as small wheel steps
    camera.zoomAt(Math.exp(-event.deltaY * lines * finer * WHEEL_STEP), ...at(event));
  }, { passive: false });

  function drag(now, before) {
    element.classList.add("dragging");
    onLeave();
    camera.pan(now[0] - before[0], now[1] - before[1]);
  }
}

function pinch(camera, pointers, movedId, now) {
  const [otherId] = [...pointers.keys()].filter((id) => id !== movedId);
  const other = pointers.get(otherId), before = pointers.get(movedId);
  const spread = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
  camera.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
  camera.zoomAt(spread(now) / Math.max(spread(before), 1), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
}
