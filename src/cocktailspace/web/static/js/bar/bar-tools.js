// Several bars: choosing, naming, sharing, taking them along as a file.

import { fold } from "../format.js";
import { h } from "../html.js";
import { toast } from "../shell/toast.js";
import { currentBar, exportText, joined, newBar, readKept, unused, withBar } from "./kept.js";
import { linkOf } from "./link.js";

const MOST_BYTES = 2_000_000;

/** What stands above the bar; made anew only for another bar, so that nothing goes away under a finger. */
export function barTools({ store, keeper: { change } }, mapData, catalogue) {
  const { kept } = store.get();
  const now = () => currentBar(store.get().kept);
  const choice = h("select", { "aria-label": "Which bar", onchange: () => change((old) => ({ ...old, current: Number(choice.value) })) },
    kept.bars.map((each, place) => h("option", { value: String(place), selected: place === kept.current }, each.name)));
  const name = h("input", { type: "text", "aria-label": "Name of the bar", maxlength: "200", value: now().name, onchange: () => rename(name.value.trim()) });
  const file = h("input", { type: "file", accept: "application/json,.json", hidden: true, "aria-label": "A file of bars", onchange: () => bring(file.files[0]) });

  function rename(to) {
    if (!to) return;
    change((old) => withBar(old, { name: to }));
    choice.options[kept.current].textContent = to;
  }

  async function bring(chosen) {
    const text = chosen && chosen.size <= MOST_BYTES ? await chosen.text() : "";
    const brought = readKept(text);
    file.value = ""; // so that the same file may be chosen again
    if (!brought) return toast(chosen?.size > MOST_BYTES ? "The file is too large to be one of bars." : "This is no file of bars.");
    if (change((old) => joined(old, brought, idsByName(mapData, catalogue)))) toast("The bars of the file stand beside yours.");
    return undefined;
  }

  const several = kept.bars.length > 1;
  const button = (label, act) => h("button", { type: "button", class: "quiet", onclick: act }, label);
  return [
    h("div", { class: "bar-tools" }, several ? choice : null, name,
      button("New bar", () => change(another)), several ? button("Delete", () => removeBar(now(), change)) : null),
    h("div", { class: "bar-tools" },
      button("Share", () => share(now())), button("Export", () => save(store.get().kept)), button("Import", () => file.click()), file),
  ];
}

const another = (kept) => {
  const taken = new Set(kept.bars.map((bar) => bar.name));
  return { ...kept, bars: [...kept.bars, newBar(unused("My bar", taken))], current: kept.bars.length };
};

function removeBar(bar, change) {
  change((old) => ({ ...old, bars: old.bars.filter((each) => each !== bar), current: 0 }));
  toast(`${bar.name} is deleted.`, { label: "Undo", act: () => change((old) => ({ ...old, bars: [...old.bars, bar], current: old.bars.length })) });
}

async function share(bar) {
  const link = linkOf(bar);
  if (!link) return toast("It is too much for a link: export a file instead.");
  try {
    await navigator.clipboard.writeText(link);
    return toast("The link is copied. It holds the names of what is in the bar.");
  } catch {
    return toast(link); // no clipboard: the link itself, to be copied by hand
  }
}

function save(kept) {
  const address = URL.createObjectURL(new Blob([exportText(kept)], { type: "application/json" }));
  h("a", { href: address, download: "bars.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** How names of another catalogue are found in this one. */
export function idsByName({ columns }, catalogue) {
  const aliases = catalogue.flatMap((each) => (each.aliases ?? []).map((alias) => [fold(alias), each.id]));
  const ingredients = new Map([...aliases, ...catalogue.map(({ id, name }) => [fold(name), id])]);
  const recipes = new Map(columns.folded.map((name, point) => [name, columns.ids[point]]));
  return { ingredient: (name) => ingredients.get(fold(name)) ?? null, recipe: (name) => recipes.get(fold(name)) ?? null };
}
