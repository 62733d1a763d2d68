// A recipe to take away: as text, through the system's share sheet, on paper, or as a new one.

import { h } from "../html.js";
import { lineText } from "../measures.js";
import { formatLinks } from "./facts.js";
import { toast } from "../shell/toast.js";

/** The recipe as plain text, in the units and for the servings that are shown, and where it is from, if wanted. */
export function recipeText(recipe, unitOf, chosen, address = "") {
  const lines = recipe.ingredients.map((line) => lineText(line, unitOf.get(line.unit_id), [line.ingredient, ...line.alternative_names], chosen).replaceAll("\u00a0", " "));
  return [recipe.name, "", ...lines, ...(recipe.instructions ? ["", recipe.instructions] : []), ...(address ? ["", address] : [])].join("\n");
}

/** Buttons, and what is printed besides; text(address) gives what is copied. */
export function takeAway(recipe, router, text) {
  const address = new URL(`/recipe/${recipe.id}`, location.href).href;
  const share = async () => {
    try {
      await navigator.share({ title: recipe.name, text: text(), url: address });
    } catch (error) {
      if (error.name !== "AbortError") copy(address, "The link is copied."); // the sheet was closed, or does not open
    }
  };
  const button = (label, onclick) => h("button", { type: "button", class: "quiet", onclick }, label);
  const code = h("img", { class: "qr", alt: "QR code of the recipe's page" });
  const printed = async () => {
    code.src = `/recipe/${recipe.id}/qr.svg`;
    await code.decode().then(() => code.classList.add("loaded"), () => {}); // without it, it is printed all the same
    print();
  };
  return [code, h("div", { class: "actions small" },
    button("Copy as text", () => copy(text(address), "The recipe is copied.")),
    "share" in navigator ? button("Share", share) : button("Copy link", () => copy(address, "The link is copied.")),
    button("Print", printed),
    h("a", { class: "quiet", href: router.link({ view: "recipe-form", id: null, from: recipe.id, search: "" }) }, "Make a variation"),
    h("a", { class: "quiet", href: address }, "Plain page"),
    formatLinks(`/recipes/${recipe.id}/export`, ["markdown", "json-ld"]))];
}

/** Copies a text and says so. */
export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(copyByHand(text) ? done : "The browser does not let the page copy.");
  }
}

/** For pages without TLS, which have no clipboard. */
function copyByHand(text) {
  const area = h("textarea", { class: "hidden", value: text });
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
