// The page's state, and who wants to know when it changes.

/** A value with fields; `subscribe(fields, f)` calls f after one of those fields was set. */
export function createStore(initial) {
  const state = { ...initial };
  const listeners = new Set();
  return {
    get: () => state,
    set(patch) {
      const changed = Object.keys(patch).filter((key) => !Object.is(state[key], patch[key]));
      Object.assign(state, patch);
      if (!changed.length) return;
      for (const [fields, listener] of [...listeners]) {
        if (changed.some((field) => fields.includes(field))) listener(state);
      }
    },
    subscribe(fields, listener) {
      const entry = [fields, listener];
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}
