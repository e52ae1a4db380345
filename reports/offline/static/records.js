/* The records of a review on a page that stands alone: unpacked here, searched as one types, shown a hundred at a time, with
   what was decided on each. The filter stands in the address (#box=records_excluded&q=mentor), so that a link can be shared.
   Everything that records hold is put on the page as text, never as markup. Nothing is asked of any host. */
"use strict";

/* Numbers that stand as differences to the one before. */
const summed = (steps) => { let last = 0; return steps.map((step) => (last += step)); };

/* A text as one looks for it: in lower case, without accents. */
const folded = (text) => (/[^\x00-\x7f]/.test(text) ? text.normalize("NFD").replace(/\p{M}/gu, "") : text).toLowerCase();

/* What reports/offline/listing.py packed: columns of records and of the log, and the texts that their numbers stand for. */
class Listing {
  #said = null; // record -> its entries in the log

  static async unpacked(base64) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Listing(await new Response(plain).json());
  }

  constructor({ records, log, texts, sets, labels }) {
    Object.assign(this, { records, log, texts, labels });
    records.id = summed(records.id);
    log.record = summed(log.record);
    log.at = summed(log.at);
    this.at = new Map(records.id.map((id, i) => [id, i]));
    this.sets = sets.map((keys) => new Set(keys));
    const { title, who, year, doi, source, reason, study } = records;
    this.search = title.map((text, i) => folded([text, who[i], year[i], doi[i], texts.source[source[i]], texts.reason[reason[i]],
      texts.study[study[i]]].filter((one) => one !== null).join("\n")));
  }

  /* Entries of the log by record, in the order of time. */
  said(record) {
    if (!this.#said) {
      this.#said = new Map();
      this.log.record.forEach((id, entry) => this.#said.get(id)?.push(entry) ?? this.#said.set(id, [entry]));
    }
    return this.#said.get(record) ?? [];
  }

  /* The records that were merged with one, itself among them. */
  group(i) {
    const root = this.root(i);
    return this.records.id.filter((id, other) => this.root(other) === root);
  }

  root(i) { return this.records.id[i] + this.records.root[i]; }

  /* Rows of the records that a filter lets through. Of several words every one must be there; #12 is record 12. */
  found({ box, q, state, source }) {
    const { records, texts } = this, words = folded(q ?? "").split(/\s+/).filter(Boolean);
    const number = /^#(\d+)$/.exec(q?.trim() ?? "")?.[1];
    const in_state = state ? texts.state.indexOf(state) : null, in_source = source ? texts.source.indexOf(source) : null;
    const in_sets = box ? this.sets.map((keys) => keys.has(box)) : null;
    const rows = [];
    for (let i = 0; i < records.id.length; i += 1) {
      if (in_sets && !in_sets[records.keys[i]]) continue;
      if (in_state !== null && records.state[i] !== in_state) continue;
      if (in_source !== null && records.source[i] !== in_source) continue;
      if (number ? records.id[i] !== Number(number) : !words.every((word) => this.search[i].includes(word))) continue;
      rows.push(i);
    }
    return rows;
  }

  /* The same with the filters of decisions: records of which some entry, or whose end, is for the reason and of the person. */
  rows(filter) {
    const { reason, person } = filter, rows = this.found(filter);
    if (!reason && !person) return rows;
    const why = this.texts.reason.indexOf(reason ?? null), who = this.texts.person.indexOf(person ?? null);
    return rows.filter((i) => (!reason || this.records.reason[i] === why || this.said(this.records.id[i]).some((e) => this.log.reason[e] === why))
      && (!person || this.said(this.records.id[i]).some((e) => this.log.person[e] === who)));
  }

  /* Entries of the log that a filter lets through, as [row of the record, entry]. */
  entries(filter) {
    const { log, texts } = this, kept = new Set(this.found(filter));
    const why = filter.reason ? texts.reason.indexOf(filter.reason) : null, who = filter.person ? texts.person.indexOf(filter.person) : null;
    const entries = [];
    for (let e = 0; e < log.record.length; e += 1) {
      const i = this.at.get(log.record[e]);
      if (kept.has(i) && (why === null || log.reason[e] === why) && (who === null || log.person[e] === who)) entries.push([i, e]);
    }
    return entries;
  }

  time(entry) { return new Date(this.log.at[entry] * 1000).toISOString().slice(0, 16).replace("T", " "); }
}

const $ = (id) => document.getElementById(id);
const number = (n) => n.toLocaleString("en");
const FIRST = 20, STEP = 100; // hits that are put on the page at once
const STUDY = "study:"; // begins the key of what a figure shows of one study

/* An element with a class and with children: elements, or texts that stay texts. */
function made(tag, name, ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/* What the page shows of a listing, for a filter that is kept in the address. */
class Results {
  #listing; #filter = {}; #found = []; #shown = 0;

  constructor(listing) {
    this.#listing = listing;
    this.#choices();
    this.#diagram();
    $("q").addEventListener("input", () => this.#changed());
    for (const select of document.querySelectorAll("[data-filter]")) select.addEventListener("change", () => this.#changed());
    $("search").addEventListener("submit", (event) => event.preventDefault());
    $("clear").addEventListener("click", () => { this.#open({}, true); $("q").focus(); });
    $("further").addEventListener("click", () => this.#further(true));
    $("download").addEventListener("click", () => this.#download());
    addEventListener("hashchange", () => this.#read());
    document.addEventListener("keydown", (event) => this.#key(event));
    $("search").hidden = $("result").hidden = false;
    for (const hint of document.querySelectorAll(".scripted")) hint.hidden = false;
    this.#open({});
    this.#read();
  }

  // -- the filter, and where it is kept

  get #log() { return this.#filter.view === "log"; }

  #choices() {
    const { texts, records, log } = this.#listing;
    const counted = { state: records.state, source: records.source };
    for (const select of document.querySelectorAll("[data-filter]")) {
      const name = select.dataset.filter, column = counted[name], n = [];
      for (const at of column ?? []) n[at] = (n[at] ?? 0) + 1;
      (texts[name] ?? []).forEach((text, at) => {
        if (text !== null && (!column || n[at])) select.add(new Option(column ? `${text} (${number(n[at])})` : text, text));
      });
    }
    $("f-reason").parentElement.hidden = texts.reason.length < 2;
    $("f-person").parentElement.hidden = texts.person.length < 2;
    $("f-view").parentElement.hidden = log.record.length === 0;
  }

  /* Take the filter from the address, where it has one, and show what it lets through. */
  #read() {
    const asked = location.hash.slice(1);
    if (!asked.includes("=")) return;
    this.#open(Object.fromEntries(new URLSearchParams(asked)));
    $("records").scrollIntoView();
    $("records-heading").focus({ preventScroll: true });
  }

  #changed() {
    const filter = this.#filter.box ? { box: this.#filter.box } : {};
    if ($("q").value.trim()) filter.q = $("q").value;
    for (const { value, dataset } of document.querySelectorAll("[data-filter]")) if (value) filter[dataset.filter] = value;
    this.#open(filter, true);
  }

  #open(filter, keep = false) {
    this.#filter = filter;
    if ($("q").value !== (filter.q ?? "")) $("q").value = filter.q ?? "";
    for (const select of document.querySelectorAll("[data-filter]")) select.value = filter[select.dataset.filter] ?? "";
    const any = Object.keys(filter).length > 0;
    if (keep) history.replaceState(null, "", any ? `#${new URLSearchParams(filter)}` : "#records");
    $("clear").hidden = !any;
    $("box-shown").hidden = !filter.box;
    $("box-label").textContent = this.#listing.labels[filter.box] ?? filter.box ?? "";
    this.#found = this.#log ? this.#listing.entries(filter) : this.#listing.rows(filter);
    const all = this.#log ? this.#listing.log.record.length : this.#listing.records.id.length;
    const what = this.#log ? (all === 1 ? "decision" : "decisions") : (all === 1 ? "record" : "records");
    $("count").textContent = this.#found.length === all ? `${number(all)} ${what}` : `${number(this.#found.length)} of ${number(all)} ${what}`;
    $("hits").replaceChildren();
    this.#shown = 0;
    this.#further();
  }

  // -- what is shown

  #further(go = false) {
    const from = this.#shown;
    this.#shown = Math.min(this.#found.length, from + (from ? STEP : FIRST));
    $("hits").append(...this.#found.slice(from, this.#shown).map((one) => (this.#log ? this.#entry(...one) : this.#record(one))));
    const left = this.#found.length - this.#shown;
    $("further").hidden = left === 0;
    $("further").textContent = `Show ${Math.min(STEP, left)} more (${number(left)} left)`;
    if (go) $("hits").children[from].querySelector("summary").focus();
  }

  #title(i) {
    const title = made("span", "title", this.#listing.records.title[i] ?? "(no title)");
    title.dir = "auto";
    return title;
  }

  #facts(...facts) {
    return made("span", "facts", ...facts.filter(Boolean).map((fact) => {
      const span = fact instanceof Node ? fact : made("span", "", String(fact));
      span.dir = "auto";
      return span;
    }));
  }

  #end(i) {
    const state = this.#listing.texts.state[this.#listing.records.state[i]];
    return made("span", state === "Included" ? "end in" : "end", state);
  }

  /* A line that opens: what is inside is made when it is. */
  #opening(line, inside) {
    const details = made("details", "", line);
    details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(inside()); });
    return made("li", "", details);
  }

  #record(i) {
    const { records, texts } = this.#listing;
    const line = made("summary", "", this.#title(i), this.#facts(
      made("span", "", `#${records.id[i]}`), records.who[i], records.year[i], texts.source[records.source[i]], this.#end(i),
      texts.reason[records.reason[i]], texts.study[records.study[i]]));
    return this.#opening(line, () => this.#inside(i));
  }

  #entry(i, e) {
    const { records, log, texts } = this.#listing;
    const line = made("summary", "", this.#title(i), this.#facts(
      made("span", "", `#${records.id[i]}`), made("time", "", this.#listing.time(e)), made("span", "end", texts.act[log.act[e]]),
      texts.reason[log.reason[e]], texts.more[log.more[e]], texts.person[log.person[e]]));
    return this.#opening(line, () => this.#inside(i));
  }

  /* Everything that was decided on a record and on those merged with it, and the boxes that count it. */
  #inside(i) {
    const { records, log, texts, sets, labels } = this.#listing, id = records.id[i], group = this.#listing.group(i);
    const inside = made("div", "inside");
    if (records.doi[i]) {
      const link = made("a", "", records.doi[i]);
      link.href = `https://doi.org/${encodeURI(records.doi[i])}`;
      link.rel = "noreferrer";
      inside.append(made("div", "", "DOI: ", link));
    }
    const others = group.filter((other) => other !== id).map((other) => this.#to(`#${other}`, { q: `#${other}` }));
    if (others.length) inside.append(made("div", "", "The same report: ", ...others.flatMap((link, n) => (n ? [", ", link] : [link]))));
    const entries = group.flatMap((one) => this.#listing.said(one)).sort((a, b) => a - b);
    const said = entries.map((e) => {
      const texts_of = [texts.act[log.act[e]], texts.reason[log.reason[e]], texts.more[log.more[e]], texts.person[log.person[e]]];
      const on = log.record[e] === id ? "" : ` (on #${log.record[e]})`;
      const words = made("span", "", texts_of.filter(Boolean).join(" · ") + on);
      words.dir = "auto";
      return made("li", "", made("time", "", `${this.#listing.time(e)} UTC`), " ", words);
    });
    if (log.record.length) inside.append(made("div", "", said.length ? "Decisions" : "No decision on it in the log."));
    if (said.length) inside.append(made("ul", "", ...said));
    const keys = [...sets[records.keys[i]]].filter((key) => !key.startsWith(STUDY));
    inside.append(made("div", "", keys.length ? "Counted in: " : "Not counted in a box of its own.",
      ...keys.flatMap((key, n) => (n ? ["; ", this.#to(labels[key], { box: key })] : [this.#to(labels[key], { box: key })]))));
    return inside;
  }

  #to(text, filter) {
    const link = made("a", "", text);
    link.href = `#${new URLSearchParams(filter)}`;
    link.dir = "auto";
    return link;
  }

  // -- the diagram, the keys, the file

  /* Boxes and lines of a diagram become links to the records that they count. A study's row or bar in a figure opens on a
     click and is no stop for the tab key: there may be hundreds, and the search finds a study by its name. */
  #diagram() {
    for (const shape of document.querySelectorAll("svg [data-key]")) {
      const { key } = shape.dataset, texts = [...shape.querySelectorAll("text")].map((line) => line.textContent);
      if (!this.#listing.sets.some((keys) => keys.has(key))) continue; // nothing, or nothing that records are behind
      const label = texts.join(" ").replace(/\s?:$/, "") || this.#listing.labels[key];
      if (key.startsWith(STUDY)) {
        const title = document.createElementNS(shape.namespaceURI, "title");
        title.textContent = label;
        shape.append(title);
        shape.closest("svg").classList.add("clicked");
        shape.addEventListener("click", () => this.#go({ box: key }));
        continue;
      }
      shape.closest("svg").setAttribute("role", "group");
      shape.setAttribute("role", "link");
      shape.setAttribute("tabindex", "0");
      shape.setAttribute("aria-label", `${label}: list the records`);
      const go = (event) => { event.preventDefault(); event.stopPropagation(); this.#go({ box: key }); };
      shape.addEventListener("click", go);
      shape.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") go(event); });
    }
  }

  #go(filter) {
    const hash = `#${new URLSearchParams(filter)}`;
    if (location.hash === hash) this.#read();
    else location.hash = hash;
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = document.activeElement, lines = [...$("hits").querySelectorAll("summary")], line = lines.indexOf(at);
    const typing = at.matches("input, select, textarea");
    if (event.key === "/" && !typing) $("q").focus();
    else if (event.key === "Escape" && $("records").contains(at) && at !== $("q")) $("q").focus();
    else if (event.key === "ArrowDown" && at === $("q")) lines[0]?.focus();
    else if (event.key === "ArrowDown" && line >= 0) lines[line + 1] ? lines[line + 1].focus() : $("further").focus();
    else if (event.key === "ArrowUp" && line >= 0) (lines[line - 1] ?? $("q")).focus();
    else return;
    event.preventDefault();
  }

  /* Everything that the filter lets through as CSV that a spreadsheet opens as it is; no cell starts a formula. */
  #download() {
    const { records, log, texts } = this.#listing, rows = this.#log ? this.#found : this.#found.map((i) => [i]);
    const head = ["record", "report", "title", "authors", "year", "doi", "source", "search", "ended", "reason", "study"];
    const of = (i) => [records.id[i], this.#listing.root(i), records.title[i], records.who[i], records.year[i], records.doi[i],
      texts.source[records.source[i]], records.search[i], texts.state[records.state[i]], texts.reason[records.reason[i]], texts.study[records.study[i]]];
    const said = (e) => [`${this.#listing.time(e)} UTC`, texts.act[log.act[e]], texts.reason[log.reason[e]], texts.more[log.more[e]], texts.person[log.person[e]]];
    const lines = [this.#log ? [...head, "time", "decision", "decision_reason", "further", "person"] : head,
      ...rows.map(([i, e]) => (this.#log ? [...of(i), ...said(e)] : of(i)))];
    const cell = (value) => {
      const text = typeof value === "string" && /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]./s.test(value) ? `'${value}` : String(value ?? "");
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const link = made("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", lines.map((line) => line.map(cell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv" }));
    link.download = this.#log ? "decisions.csv" : "records.csv";
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

/* Tables that are folded away are printed too. */
addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("main details:not(#hits *)")) one.open = true; });

function say(text) {
  $("listing-says").textContent = text;
  $("listing-says").hidden = !text;
}

if (!globalThis.DecompressionStream) {
  say("This browser is too old to unpack the list of records: a version of 2023 or later can. Everything else is on this page.");
} else {
  say("Unpacking the records…");
  Listing.unpacked($("listing").textContent.trim()).then((listing) => { new Results(listing); say(""); })
    .catch((error) => { say("The list of records could not be unpacked: this file may be cut off. Compare it with manifest.json."); throw error; });
}
