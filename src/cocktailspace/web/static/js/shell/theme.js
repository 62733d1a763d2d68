// Light, dark, or as the system has it.

import { byId } from "../html.js";
import { onDevice } from "../storage.js";

const ORDER = ["", "light", "dark"];
const SAYS = { "": "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

export function createThemeSwitch(onChange) {
  const button = byId("theme"), root = document.documentElement;
  const show = () => {
    const theme = root.dataset.theme ?? "";
    button.setAttribute("aria-label", SAYS[theme]);
    button.title = SAYS[theme];
    onChange();
  };
  button.addEventListener("click", () => {
    const next = ORDER[(ORDER.indexOf(root.dataset.theme ?? "") + 1) % ORDER.length];
    if (next) root.dataset.theme = next;
    else delete root.dataset.theme;
    onDevice.write("theme", next);
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
  show();
}
