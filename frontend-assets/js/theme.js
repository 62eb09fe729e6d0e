// Runs before the first paint (not a module), so that a stored theme never flashes.
(() => {
  const root = document.documentElement;
  root.classList.remove("no-js");
  try {
    const stored = localStorage.getItem("theme");
    if (stored === "dark" || stored === "light") root.dataset.theme = stored;
  } catch {
    // Storage is blocked: the system's theme stays.
  }
})();
