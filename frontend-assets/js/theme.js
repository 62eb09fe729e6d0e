// Runs before the first paint (not a module), so that a stored theme never flashes.
(() => {
  const root = document.documentElement;
  root.classList.remove("no-js");
  try {
    // What a person chose comes with the page; it is kept for pages that know nobody, such as an error's.
    const chosen = root.dataset.choice;
    if (chosen === "system") localStorage.removeItem("theme");
    else if (chosen) localStorage.setItem("theme", chosen);
    const stored = localStorage.getItem("theme");
    if (stored === "dark" || stored === "light") root.dataset.theme = stored;
  } catch {
    // Storage is blocked: the system's theme stays.
  }
})();
