// Keeps the bars in the browser: in the store while the page is open, in its storage (`bars`) for later, and
// in step with other tabs.

import { onDevice } from "../storage.js";
import { currentBar, nothingKept, readKept, writeKept } from "./kept.js";

const KEY = "bars";

/**
 * Gives { change(f): f makes the new from the old }; the store has it as `kept`. onFilled is called whenever
 * there is something in the bar.
 */
export function createKeeper(store, onFilled) {
  store.subscribe(["kept"], ({ kept }) => { if (currentBar(kept).ingredients.length) onFilled(); });
  store.set({ kept: readKept(onDevice.read(KEY) ?? "") ?? nothingKept() });
  addEventListener("storage", (event) => {
    if (event.key === KEY) store.set({ kept: readKept(event.newValue ?? "") ?? nothingKept() });
  });
  let told = false;
  return {
    change(make) {
      const kept = make(store.get().kept);
      store.set({ kept });
      if (onDevice.write(KEY, writeKept(kept)) || told) return;
      told = true;
      import("../shell/toast.js").then(({ toast }) => toast("This browser keeps nothing: export your bars before you leave."));
    },
  };
}
