"use strict";
// The rows travel gzipped, because a thousand tasks repeat many words.
const PAGE = 100;
const LABELS = ["automatable", "augmentable", "human-essential"];
const $ = (id) => document.getElementById(id);
let rows = [], shown = [], page = 0, order = { column: -1, down: true };

const WISHES = document.querySelector("[data-sort='11']") !== null, SHARE = document.body.dataset.unit === "share";
// What people or a barrier settled stands above every chance; what is missing stands below.
const number = (value) => typeof value === "number" ? value : value ? parseFloat(String(value).replace(",", ".")) || 101 : -1;
const amount = (value) => SHARE ? (100 * value).toFixed(0) + " %" : value.toLocaleString(undefined, { maximumFractionDigits: 2 });

async function unpack(text) {
  const bytes = Uint8Array.from(atob(text.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
function cell(text, kind) {
  const td = document.createElement("td");
  if (kind) td.className = kind;
  const own = document.createElement("bdi");
  own.textContent = text;
  td.append(own);
  return td;
}
function evidence(row) {
  const box = document.createElement("details"), head = document.createElement("summary");
  const own = document.createElement("bdi");
  own.textContent = row[1];
  head.append(own);
  box.append(head);
  const lines = ["chances: " + LABELS.map((label, at) => label + " " + row[5][at] + " %").join(", ")];
  if (typeof row[4] === "string") lines.push("settled by " + row[4]);
  if (row[6]) lines.push("decisive: " + row[6]);
  if (row[8]) lines.push(row[8]);
  lines.push("line " + row[9] + " of the inventory");
  for (const line of lines) {
    const p = document.createElement("div");
    p.className = "soft";
    p.textContent = line;
    box.append(p);
  }
  const td = document.createElement("td");
  td.className = "wide";
  td.append(box);
  return td;
}
function draw() {
  const body = $("rows"), start = page * PAGE;
  body.replaceChildren();
  for (const row of shown.slice(start, start + PAGE)) {
    const tr = document.createElement("tr"), label = document.createElement("td"), tag = document.createElement("span");
    tag.className = "tag " + (row[3] || "");
    tag.textContent = row[3] || "no label";
    label.append(tag);
    tr.append(evidence(row), cell(row[0]), cell(row[2]), label, cell(typeof row[4] === "number" ? row[4] + " %" : row[4] ? "by " + row[4] : "", "n"),
      cell(amount(row[7]), "n"), cell(row[10] ? "look" : ""));
    if (WISHES) tr.append(cell(row[11], "n"));
    body.append(tr);
  }
  const end = Math.min(start + PAGE, shown.length);
  $("count").textContent = shown.length ? `${start + 1}–${end} of ${shown.length.toLocaleString()} tasks` : "no task matches";
  $("back").disabled = page === 0;
  $("next").disabled = end >= shown.length;
}
function sift() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean), team = $("team").value, label = $("label").value;
  shown = rows.filter((row) => (!team || row[0] === team) && (!label || row[3] === label) && (!$("look").checked || row[10]) &&
    words.every((word) => row[12].includes(word)));
  if (order.column >= 0) {
    const sign = order.down ? -1 : 1, at = order.column;
    const numbers = at === 4 || at === 7 || at === 10 || at === 11;
    shown.sort((a, b) => sign * (numbers ? number(a[at]) - number(b[at]) : String(a[at] ?? "").localeCompare(String(b[at] ?? ""))));
  }
  page = 0;
  draw();
}
unpack($("data").textContent).then((data) => {
  rows = data;
  for (const row of rows) row[12] = (row[0] + " " + row[1] + " " + row[2]).toLowerCase();
  for (const team of [...new Set(rows.map((row) => row[0]))].sort()) $("team").append(new Option(team || "(none)", team));
  for (const id of ["search", "team", "label", "look"]) $(id).addEventListener("input", sift);
  $("back").addEventListener("click", () => { page -= 1; draw(); });
  $("next").addEventListener("click", () => { page += 1; draw(); });
  for (const button of document.querySelectorAll("[data-sort]")) button.addEventListener("click", () => {
    const at = Number(button.dataset.sort);
    order = { column: at, down: order.column === at ? !order.down : at >= 4 };
    for (const other of document.querySelectorAll("[data-sort]")) other.closest("th").removeAttribute("aria-sort");
    button.closest("th").setAttribute("aria-sort", order.down ? "descending" : "ascending");
    sift();
  });
  sift();
  document.body.dataset.ready = "yes";
}).catch(() => { $("count").textContent = "This browser is too old to show the list of tasks; the rest of the page is complete."; });
// On paper nothing can be opened.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("main details:not([open])")].filter((box) => !box.closest("#rows"));
  for (const box of folded) box.open = true;
});
addEventListener("afterprint", () => { for (const box of folded) box.open = false; });
