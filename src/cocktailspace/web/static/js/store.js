// The page's state, and who wants to know when it changes.

/**
 * A value with fields; `subscribe(fields, f, signal)` calls f after one of those fields was set, until the signal
 * is aborted: that of a view when the panel shows another.
 */
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
    subscribe(fields, listener, signal = null) {
      if (signal?.aborted) return;
      const entry = [fields, listener];
      listeners.add(entry);
      signal?.addEventListener("abort", () => listeners.delete(entry));
    },
  };
}
