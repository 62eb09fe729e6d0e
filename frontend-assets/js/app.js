import { drawCharts } from "./charts.js";
import { followLive } from "./live.js";

const root = document.documentElement;

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function themeButton(button) {
  button.hidden = false;
  button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    button.setAttribute("aria-pressed", String(isDark()));
    const guard = button.parentElement.querySelector("[name=_csrf]");
    if (button.dataset.store && guard) {
      const body = new URLSearchParams({ theme: root.dataset.theme, _csrf: guard.value });
      fetch(button.dataset.store, { method: "POST", body }).catch(() => {}); // Offline: this browser alone remembers it.
    }
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // The choice then lasts for this page only.
    }
    drawCharts(document);
  });
}

function copyButton(button) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.done;
  });
}

function localTimes(part) {
  for (const time of part.querySelectorAll("time[datetime]")) {
    time.title = new Date(time.dateTime).toLocaleString();
  }
}

function enliven(part) {
  part.querySelectorAll("[data-copy]").forEach(copyButton);
  localTimes(part);
  drawCharts(part);
  followLive(part);
}

document.querySelectorAll("[data-theme-toggle]").forEach(themeButton);
enliven(document);
document.body.addEventListener("htmx:afterSwap", (event) => enliven(event.detail.target.isConnected ? event.detail.target : document));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawCharts(document));
