// An address that leads nowhere.

import { h } from "../html.js";
import { wayOn } from "./panel.js";

export async function lostView() {
  return {
    title: "Nothing is here",
    nodes: [h("p", { class: "lede" }, "This address leads nowhere. It may be mistyped, or from another catalogue."), wayOn()],
  };
}
