// An address that leads nowhere.

import { h } from "../html.js";

export async function lostView() {
  return {
    title: "Nothing is here",
    nodes: [
      h("p", { class: "lede" }, "This address leads nowhere. It may be mistyped, or from another catalogue."),
      h("div", { class: "actions" }, h("a", { class: "button primary", href: "#/" }, "The map")),
    ],
  };
}
