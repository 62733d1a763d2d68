// Rows that are moved by hand: dragged by their handle, or with the arrow keys on it.

import { h } from "../html.js";

/** A handle that moves `node` among its siblings; moved() is called after each step. */
export function reorderHandle(node, { label, moved }) {
  const handle = h("button", { type: "button", class: "round handle", "aria-label": label, title: label, onkeydown: onKey, onpointerdown: onGrab }, "⠿");

  function step(towardsEnd) {
    const sibling = towardsEnd ? node.nextElementSibling : node.previousElementSibling;
    if (!sibling) return;
    if (towardsEnd) node.before(sibling); // the other one moves, as a moved element loses focus and pointer
    else node.after(sibling);
    moved();
  }

  function onKey(event) {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    step(event.key === "ArrowDown");
  }

  function onGrab(event) {
    if (event.button !== 0) return;
    node.classList.add("moving");
    const middleOf = (each) => each.getBoundingClientRect().top + each.offsetHeight / 2;
    const above = (clientY) => node.previousElementSibling && clientY < middleOf(node.previousElementSibling);
    const below = (clientY) => node.nextElementSibling && clientY > middleOf(node.nextElementSibling);
    const follow = ({ clientY }) => {
      while (above(clientY)) step(false); // a quick hand passes several at once
      while (below(clientY)) step(true);
    };
    const drop = () => {
      node.classList.remove("moving");
      document.removeEventListener("pointermove", follow);
      for (const end of ["pointerup", "pointercancel"]) document.removeEventListener(end, drop);
    };
    handle.setPointerCapture(event.pointerId);
    document.addEventListener("pointermove", follow);
    for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, drop);
  }

  return handle;
}
