// Keeps the bars in the browser: in the store while the page is open, in its storage for later, and in
// step with other tabs.

import { onDevice } from "../storage.js";
import { nothingKept, readKept, writeKept } from "./kept.js";

const KEY = "bars";

/** Gives { change(f): f makes the new from the old }; the store has it as `kept`. */
export function createKeeper(store) {
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
