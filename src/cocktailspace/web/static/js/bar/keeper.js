// Keeps the bars in the browser: in the store while the page is open, in its storage (`bars`) for later, and
// in step with other tabs.

import { onDevice } from "../storage.js";
import { currentBar, fits, nothingKept, readKept, writeKept } from "./kept.js";

const KEY = "bars";

/**
 * Gives { change(f): f makes the new from the old; whether it did }; the store has it as `kept`. onFilled is
 * called whenever there is something in the bar.
 */
export function createKeeper(store, onFilled) {
  store.subscribe(["kept"], ({ kept }) => { if (currentBar(kept).ingredients.length) onFilled(); });
  store.set({ kept: readKept(onDevice.read(KEY) ?? "") ?? nothingKept() });
  addEventListener("storage", (event) => {
    if (event.key === KEY) store.set({ kept: readKept(event.newValue ?? "") ?? nothingKept() });
  });
  let told = false;
  const say = (text) => import("../shell/toast.js").then(({ toast }) => toast(text));
  return {
    change(make) {
      const kept = make(store.get().kept);
      if (!fits(kept)) {
        say("That is more than can be kept. Delete something first: nothing has changed.");
        return false;
      }
      store.set({ kept });
      if (!onDevice.write(KEY, writeKept(kept)) && !told) {
        told = true;
        say("This browser keeps nothing: export your bars before you leave.");
      }
      return true;
    },
  };
}
