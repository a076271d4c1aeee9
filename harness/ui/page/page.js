"use strict";
// Shows what the stations say. All of it goes into the page as text, never as HTML.

const SILENT_MS = 8000; // the server speaks every 2 s
const line = document.getElementById("line");
const alarm = document.getElementById("alarm");
const said = document.body.dataset;
const SVG = "http://www.w3.org/2000/svg";
const stations = new Map();
const tiles = new Map();
let ahead_s = 0; // the server's clock less ours
let heard = 0;
let source = null;

function made(name, look, inside) {
  const element = document.createElement(name);
  element.className = look;
  if (inside !== undefined) element.textContent = inside;
  return element;
}

// Digits and codes run from left to right, whatever runs around them.
function latin(look, text) {
  const element = made("bdi", look, text);
  element.dir = "ltr";
  return element;
}

function foreign(look, text) {
  const element = made("bdi", look, text);
  element.dir = "auto";
  return element;
}

function sign(face) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("class", "sign");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#sign-${face}`);
  drawn.append(use);
  return drawn;
}

function station(number) {
  if (stations.has(number)) return stations.get(number);
  const shown = made("section", "station");
  const parts = {
    shown,
    name: made("h2", "name"),
    banner: made("p", "banner"),
    stops: made("div", "stops"),
    tiles: made("div", "tiles"),
    footer: made("p", "footer"),
    slots: [],
  };
  shown.dataset.station = number;
  shown.append(parts.name, parts.banner, parts.stops, parts.tiles, parts.footer);
  stations.set(number, parts);
  const order = [...stations.keys()].sort((one, other) => one - other);
  line.append(...order.map((each) => stations.get(each).shown));
  return parts;
}

function showStop(stop) {
  const shown = made("div", "stop");
  const title = made("strong", "title");
  title.append(sign("STOP"), stop.title, " ", latin("code", stop.code));
  shown.append(title, made("span", "happened", stop.happened));
  for (const told of stop.told) shown.append(foreign("told", told));
  shown.append(made("span", "action", stop.action), made("span", "who", stop.who));
  return shown;
}

function showHead(part) {
  const shown = station(part.station);
  shown.shown.classList.toggle("gone", part.gone);
  shown.name.replaceChildren(foreign("", part.name));
  shown.banner.textContent = part.banner;
  shown.stops.replaceChildren(...part.stops.map(showStop));
  shown.footer.replaceChildren(...part.footer.map((each) => made("span", "", each)));
  for (const slot of shown.slots) {
    if (!part.slots.includes(slot)) tiles.delete(`${part.station}/${slot}`);
  }
  shown.slots = part.slots;
  place(part.station);
  fit();
}

// The tiles of a station in the order of its slots; what is no slot any more goes.
function place(number) {
  const { slots, tiles: grid } = stations.get(number);
  const there = slots.map((slot) => tiles.get(`${number}/${slot}`)).filter(Boolean);
  const same = grid.children.length === there.length;
  if (same && there.every((tile, at) => grid.children[at] === tile.shown)) return;
  grid.replaceChildren(...there.map((tile) => tile.shown));
  fit();
}

function showTile(part) {
  const before = tiles.get(part.key);
  const shown = before ? before.shown : made("article", "tile");
  shown.dataset.face = part.face;
  shown.dataset.slot = part.slot;
  shown.classList.toggle("uncounted", !part.counts);
  const place_ = made("span", "slot", part.name);
  const top = made("header", "");
  top.append(place_, latin("digits", part.digits));
  const verdict = made("p", "verdict");
  verdict.append(sign(part.face), made("span", "word", part.said));
  const why = made("p", "why");
  for (const each of [latin("code", part.code), foreign("words", part.words)]) {
    if (each.textContent) why.append(each, " ");
  }
  if (part.bin) why.append(made("span", "bin", part.bin));
  const time = made("p", "time");
  time.append(latin("step", part.step), " ", made("span", "left", part.late));
  const bar = made("progress", "bar");
  bar.max = 1;
  time.append(bar);
  const notes = made("p", "notes");
  notes.append(...part.notes.map((note) => made("span", "", note)));
  shown.replaceChildren(top, verdict, why, time, notes, made("p", "action", part.action));
  const tile = { shown, part, left: time.querySelector(".left"), bar };
  tiles.set(part.key, tile);
  count(tile);
  if (stations.has(part.station)) place(part.station);
}

function count(tile) {
  const { part, left, bar } = tile;
  let share = part.share;
  if (part.ends_s !== null) {
    const left_s = Math.max(0, part.ends_s - (performance.now() / 1000 + ahead_s));
    const whole = Math.ceil(left_s);
    const clock = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    const told = part.left.replace("{time}", clock);
    if (left.textContent !== told) left.textContent = told;
    if (part.takes_s) share = 1 - left_s / part.takes_s;
  }
  bar.hidden = share === null;
  if (share !== null) bar.value = Math.min(1, Math.max(0, share));
}

// All stations on one screen where they fit: the columns that make the tiles the largest.
function fit() {
  const counts = [...stations.values()].map((each) => Math.max(1, each.slots.length));
  const wide = line.clientWidth;
  const around = (each) => each.shown.offsetHeight - each.tiles.offsetHeight + 8;
  const high = [...stations.values()].reduce((rest, each) => rest - around(each), window.innerHeight);
  let best = 1;
  let most = 0;
  for (let columns = 1; columns <= Math.max(1, ...counts); columns += 1) {
    const rows = counts.reduce((sum, slots) => sum + Math.ceil(slots / columns), 0);
    const size = Math.min(wide / columns, (1.5 * high) / rows);
    if (size > most) [best, most] = [columns, size];
  }
  for (const each of stations.values()) {
    const columns = Math.max(1, Math.min(best, Math.floor(wide / 150)));
    each.tiles.dataset.columns = columns;
    each.tiles.style.setProperty("--columns", columns);
    each.shown.style.flexGrow = Math.ceil(Math.max(1, each.slots.length) / columns);
  }
}

function hear(message) {
  const told = JSON.parse(message.data);
  heard = performance.now();
  ahead_s = told.now_s - heard / 1000;
  for (const part of told.parts) {
    if ("slots" in part) showHead(part);
    else showTile(part);
  }
  document.body.classList.remove("old");
  alarm.textContent = "";
}

function listen() {
  if (source) source.close();
  heard = performance.now();
  source = new EventSource(`/events?language=${document.documentElement.lang}`);
  source.onmessage = hear;
  source.onerror = () => {
    old();
    if (source.readyState === EventSource.CLOSED) heard = performance.now() - SILENT_MS + 1000;
  };
}

function old() {
  document.body.classList.add("old");
  alarm.textContent = said.pageOld;
}

function tick() {
  if (performance.now() - heard > SILENT_MS) {
    old();
    listen();
  }
  tiles.forEach(count);
}

window.addEventListener("resize", fit);
setInterval(tick, 250);
listen();
