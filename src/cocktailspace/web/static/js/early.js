// Before anything is painted: the chosen theme, so that a dark page does not flash white.
try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked; the system's theme will do.
}
document.documentElement.classList.add("scripted");

// Without a part of its scripts the page is dead: it is loaded once more, or as soon as there is a connection.
addEventListener("error", ({ target }) => {
  if (!(target instanceof HTMLScriptElement)) return;
  const [{ type }] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  if (!navigator.onLine) addEventListener("online", () => location.reload());
  else if (type !== "reload") location.reload();
}, true);
