// Live power by server-sent events: <section data-live="/nodes/{id}/live">.
import { append } from "./charts.js";

const open = new WeakSet();

/** Same rule as on the server: three significant digits, unit chosen so that the number stays below 1000. */
export function power(watts) {
  if (watts === null || watts === undefined || !Number.isFinite(watts)) return { number: "—", unit: "" };
  if (watts === 0) return { number: "0", unit: "W" };
  const units = [["mW", 1e-3], ["W", 1], ["kW", 1e3], ["MW", 1e6]];
  let [unit, size] = units[0];
  for (const [u, s] of units) if (Number(Math.abs(watts).toPrecision(3)) >= s) [unit, size] = [u, s];
  const number = Number((watts / size).toPrecision(3));
  const decimals = Math.max(0, 3 - String(Math.trunc(Math.abs(number))).length);
  return { number: number.toFixed(Math.min(decimals, Math.abs(number) < 1 ? 3 : decimals)), unit };
}

function write(element, watts) {
  if (!element) return;
  const { number, unit } = power(watts);
  element.querySelector("[data-number]").textContent = number;
  element.querySelector("[data-unit]").textContent = unit;
}

function spark(line, watts) {
  if (!line) return;
  const values = (line.dataset.values ?? "").split(" ").filter(Boolean).map(Number);
  if (Number.isFinite(watts)) values.push(watts);
  while (values.length > 60) values.shift();
  line.dataset.values = values.join(" ");
  const top = Math.max(...values, 1e-9);
  line.setAttribute("points", values.map((v, i) => `${(100 - ((values.length - 1 - i) / 59) * 100).toFixed(1)},${(28 - (v / top) * 26).toFixed(1)}`).join(" "));
}

/** A reading that is a minute old is not what is drawn now; the server's time is compared with itself only. */
const STALE_MS = 60_000;

function freshness(section, fresh) {
  section.querySelector("[data-fresh]")?.toggleAttribute("hidden", !fresh);
  section.querySelector("[data-stale]")?.toggleAttribute("hidden", fresh);
}

function mark(section, at) {
  if (!at || at === "null" || at === section.dataset.at) return;
  section.dataset.at = at;
  section.dataset.changed = performance.now();
  const time = section.querySelector("[data-time]");
  if (time) {
    time.dateTime = at;
    // Swedish writes times as the server does.
    const form = new Intl.DateTimeFormat("sv-SE", { timeZone: time.dataset.zone, dateStyle: "short", timeStyle: "short" });
    time.textContent = form.format(new Date(at));
  }
  freshness(section, true);
}

function show(section, live) {
  mark(section, live.at);
  const at = Date.parse(live.at) || Date.now();
  write(section.querySelector("[data-now]"), live.watts);
  append(section.querySelector("[data-chart]"), at, live.watts);
  for (const device of live.devices ?? []) {
    const row = section.querySelector(`[data-device="${CSS.escape(device.key)}"]`);
    write(row?.querySelector("[data-watts]"), device.watts);
    spark(row?.querySelector("polyline"), device.watts);
  }
}

export function followLive(part) {
  for (const section of part.querySelectorAll("[data-live]")) {
    if (open.has(section)) continue;
    open.add(section);
    const events = new EventSource(section.dataset.live);
    const take = (event) => (section.isConnected ? show(section, JSON.parse(event.data)) : events.close());
    section.dataset.at = section.querySelector("[data-time]")?.dateTime ?? "";
    section.dataset.changed = performance.now();
    const watch = setInterval(() => {
      if (!section.isConnected) clearInterval(watch);
      else if (section.dataset.at && performance.now() - section.dataset.changed > STALE_MS) freshness(section, false);
    }, 5000);
    events.addEventListener("message", take);
    events.addEventListener("live", take);
    addEventListener("pagehide", () => events.close());
  }
}
