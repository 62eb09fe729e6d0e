// Charts from <script type="application/json"> islands: <div class="chart" data-chart="ID"><canvas></canvas></div>.
// {type: "power" | "lines" | "bars", series: [{kind, points: [[x, y|null], …]}], unit}
const drawn = new WeakMap();

function colour(kind) {
  const probe = document.createElement("i");
  probe.hidden = true;
  probe.className = kind;
  document.body.append(probe);
  probe.style.color = kind === "line" || kind === "muted" || kind === "surface" ? `var(--${kind})` : "var(--kind, var(--accent))";
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function faded(rgb, alpha) {
  return `color-mix(in srgb, ${rgb} ${alpha}%, transparent)`;
}

function clock(ms, span) {
  const time = new Date(ms);
  const day = { month: "short", day: "numeric" };
  const minute = { hour: "2-digit", minute: "2-digit", hour12: false };
  if (span > 36 * 3600e3) return time.toLocaleDateString(undefined, day);
  return time.toLocaleTimeString(undefined, span < 20 * 60e3 ? { ...minute, second: "2-digit" } : minute);
}

/** Ticks on round local times, at most seven, and no more than the width has room for. */
function timeTicks(scale) {
  const minute = 60e3, hour = 60 * minute;
  const span = scale.max - scale.min;
  const most = Math.max(2, Math.min(7, Math.floor(scale.chart.width / 75)));
  const steps = [10e3, 30e3, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour, 48 * hour, 168 * hour];
  const step = steps.find((s) => span / s <= most) ?? Math.ceil(span / most / (24 * hour)) * 24 * hour;
  const offset = new Date(scale.min).getTimezoneOffset() * minute;
  const ticks = [];
  for (let t = Math.ceil((scale.min - offset) / step) * step + offset; t <= scale.max; t += step) ticks.push({ value: t });
  scale.ticks = ticks;
}

/** Against time: power is stacked and filled, lines stand beside each other. */
function overTime(data) {
  return data.type !== "bars";
}

function axes(data, muted, line) {
  const power = overTime(data);
  const xs = power ? data.series.flatMap((s) => s.points.map((p) => p[0])) : [];
  const first = xs.length ? Math.min(...xs) : 0;
  const last = xs.length ? Math.max(...xs, first + 1) : 1;
  const tick = { color: muted, font: { family: getComputedStyle(document.body).fontFamily, size: 11 } };
  return {
    x: {
      type: power ? "linear" : "category",
      stacked: !power,
      min: power ? first : undefined,
      max: power ? last : undefined,
      grid: { display: false },
      border: { color: line },
      ...(power ? { afterBuildTicks: timeTicks } : {}),
      ticks: { ...tick, autoSkip: !power, maxRotation: 0, callback(v) { return power ? clock(v, last - first) : shortened(this.getLabelForValue(v)); } },
    },
    y: {
      stacked: data.type !== "lines",
      beginAtZero: true,
      grid: { color: line },
      border: { display: false },
      ticks: { ...tick, maxTicksLimit: 5, callback: (v) => `${v} ${data.unit}` },
    },
  };
}

function shortened(label) {
  return label.length > 18 ? `${label.slice(0, 17)}…` : label;
}

/** A line needs two points: one that stands alone, such as all of a short run, is drawn as a dot. */
function alone({ dataIndex, dataset }) {
  const there = (i) => Number.isFinite(dataset.data[i]?.y);
  return there(dataIndex) && !there(dataIndex - 1) && !there(dataIndex + 1) ? 3 : 0;
}

function datasets(data, names) {
  return data.series.map((s, i) => {
    const ink = colour(s.kind);
    const power = overTime(data);
    return {
      label: names[i],
      data: power ? s.points.map(([x, y]) => ({ x, y: y === null ? NaN : y })) : s.points.map((p) => p[1]),
      borderColor: ink,
      backgroundColor: power ? faded(ink, 22) : ink,
      borderWidth: power ? 1.5 : 0,
      borderRadius: 4,
      maxBarThickness: 36,
      pointRadius: power ? alone : 0,
      pointBackgroundColor: ink,
      pointHitRadius: 8,
      fill: data.type === "lines" ? false : data.series.length > 1 ? "stack" : "origin",
      spanGaps: false,
      tension: 0.15,
    };
  });
}

function draw(box) {
  const island = document.getElementById(box.dataset.chart);
  const canvas = box.querySelector("canvas");
  if (!island || !canvas || !globalThis.Chart) return;
  const data = JSON.parse(island.textContent);
  drawn.get(canvas)?.destroy();
  const chart = new globalThis.Chart(canvas, {
    type: overTime(data) ? "line" : "bar",
    data: {
      labels: overTime(data) ? undefined : data.series[0]?.points.map((p) => p[0]),
      datasets: datasets(data, box.dataset.names.split("|")),
    },
    options: {
      animation: false,
      locale: "en", // Numbers have one form, whatever the browser speaks.
      normalized: true,
      maintainAspectRatio: false,
      interaction: { mode: data.type === "lines" ? "nearest" : "index", intersect: false },
      scales: axes(data, colour("muted"), colour("line")),
      plugins: {
        legend: { display: false },
        tooltip: {
          callbacks: {
            title: (items) => (overTime(data) ? new Date(items[0].parsed.x).toLocaleString() : items[0].label),
            label: (item) => `${item.dataset.label}: ${item.parsed.y.toPrecision(3)} ${data.unit}`,
          },
        },
      },
    },
  });
  drawn.set(canvas, chart);
}

export function drawCharts(part) {
  part.querySelectorAll("[data-chart]").forEach(draw);
}

/** Appends a point to the live chart, forgetting what is older than five minutes. */
export function append(box, x, y) {
  const chart = drawn.get(box?.querySelector("canvas"));
  if (!chart) return;
  const points = chart.data.datasets[0].data;
  if (points.length && points[points.length - 1].x >= x) return;
  points.push({ x, y: y ?? NaN });
  while (points.length && points[0].x < x - 300e3) points.shift();
  chart.options.scales.x.min = points[0].x;
  chart.options.scales.x.max = Math.max(x, points[0].x + 60e3);
  chart.update("none");
}
