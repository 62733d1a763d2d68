// What the browser keeps for the page. It may keep nothing, where storage is blocked or full: then reading
// gives null and writing false.

export const onDevice = area(() => localStorage);
export const inTab = area(() => sessionStorage);

/** @param {() => Storage} open: throws where storage is blocked */
function area(open) {
  const orElse = (nothing, use) => {
    try {
      return use(open());
    } catch {
      return nothing;
    }
  };
  return {
    /** @returns {string | null} */
    read: (key) => orElse(null, (store) => store.getItem(key)),
    readJson: (key) => orElse(null, (store) => JSON.parse(store.getItem(key) ?? "null")),
    /** Whether it is kept; null and "" take away what was. */
    write: (key, text) => orElse(false, (store) => {
      if (text) store.setItem(key, text);
      else store.removeItem(key);
      return true;
    }),
    keys: () => orElse([], (store) => Object.keys(store)),
  };
}
