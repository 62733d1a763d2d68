// The map by keyboard: arrows walk from recipe to recipe, Shift+arrows move the view, + − 0 zoom,
// Enter opens.

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const PAN = 90;

export function listenToKeys(element, camera, { walk, open, fitAll }) {
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    if (direction && event.shiftKey) camera.pan(-direction[0] * PAN, direction[1] * PAN);
    else if (direction) walk(direction);
    else if (event.key === "+" || event.key === "=") camera.zoomAt(1.5, ...camera.middle);
    else if (event.key === "-") camera.zoomAt(1 / 1.5, ...camera.middle);
    else if (event.key === "0") fitAll();
    else if (event.key === "Enter") open();
    else return;
    event.preventDefault();
  });
}

/**
 * The point that lies nearest in a direction from (x, y), sideways counting double; or -1.
 * @param {ArrayLike<number>} xs
 * @param {ArrayLike<number>} ys
 * @param {ArrayLike<number>} states
 * @param {number[]} start
 * @param {number[]} direction
 * @param {number} except
 */
export function nextInDirection(xs, ys, states, [x, y], [dx, dy], except) {
  let best = -1, least = Infinity;
  for (let point = 0; point < xs.length; point++) {
    if (point === except || states[point] < 2) continue;
    const along = (xs[point] - x) * dx + (ys[point] - y) * dy;
    const across = Math.abs((xs[point] - x) * dy - (ys[point] - y) * dx);
    if (along <= 0 || across > 2 * along) continue;
    const cost = along + 2 * across;
    if (cost < least) [best, least] = [point, cost];
  }
  return best;
}
