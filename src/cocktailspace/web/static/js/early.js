// Before anything is painted: the chosen theme, so that a dark page does not flash white.
try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked; the system's theme will do.
}
document.documentElement.classList.add("scripted");
