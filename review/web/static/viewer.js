/* A full text beside what is done with it: which file is open, its pages and size, finding words, the passage selected, the
   divider, one side at a time where there is no room for two. What a passage is taken for is the business of the page. */
"use strict";

class Viewer {
  #pane; #away; #files = []; #open = null; #hits = []; #hit = -1; #texts = new Map(); #searched = 0; #left = 0; #pointed = null; #loading = null;
  #chosen = new Map(); // group of files -> the file that was chosen among them
  #group = null; #listeners = new Map();
  #asked = new URLSearchParams(location.search); // a place in a text that another page points to

  /* root: the section of web/viewer.html. away: says whether the network is known to be gone. Events: see on. */
  constructor(root, { away = () => false } = {}) {
    this.#away = away;
    const { library, worker, parts, files } = root.dataset;
    this.#pane = new PdfPane(Viewer.#$("paper"), { library, worker, folder: parts },
      { shown: (number) => this.#shown(number).catch(() => {}), moved: (number) => this.#moved(number) });
    this.#wire();
    this.#split(Number(Viewer.#remembered("review-split")) || 58);
    this.view("beside");
    if (files) this.offer(JSON.parse(files));
  }

  static #$(id) { return document.getElementById(id); }

  static #remembered(name) { try { return localStorage.getItem(name); } catch { return null; } }

  static #remember(name, value) { try { localStorage.setItem(name, value); } catch { /* only for this page, then */ } }

  /* page(number, text): the text of a page is there to be marked. shut(): another file will be shown. select(chosen or null):
     the selection is another. keep(): the button beside the selection was pressed; it shows where somebody listens. */
  on(what, act) {
    this.#listeners.set(what, [...(this.#listeners.get(what) ?? []), act]);
    return this;
  }

  #tell(what, ...values) { for (const act of this.#listeners.get(what) ?? []) act(...values); }

  // -- what is open

  /* The file that is open, as it was offered: {report, sha256, kind, label, address}. */
  get file() { return this.#files.find(({ sha256 }) => sha256 === this.#open) ?? null; }

  get page() { return this.#pane.name(this.#pane.page); }

  /* Offer other files, of a group of its own, and open the one that was chosen among them before, else the first. */
  offer(files, { group = null, nothing = null } = {}) {
    const $ = Viewer.#$, at = this.#asked;
    this.#files = files.map((file) => ({ ...file, address: file.address ?? Viewer.address(file), label: file.label ?? file.name ?? "Full text" }));
    this.#group = group;
    $("which").hidden = files.length < 2;
    $("which").replaceChildren(...this.#files.map(({ sha256, label }) => new Option(label, sha256)));
    const wanted = this.#chosen.get(group) ?? (group === null || Number(at.get("report")) === group ? at.get("file") : null);
    const chosen = this.#files.find(({ sha256 }) => sha256 === wanted) ?? this.#files[0];
    if (chosen) return this.#load(chosen);
    this.#shut();
    $("pane-bar").hidden = $("paper").hidden = true;
    $("pane-says").textContent = "";
    $("nothing").hidden = false;
    if (nothing) $("nothing").replaceChildren(...nothing);
    return undefined;
  }

  static address({ report, sha256, kind }) { return `/fulltext/${report}/${sha256}${kind === "jats" ? "/text" : ""}`; }

  /* Open one of the files, and go to a page, or to words on it; says whether it is here. */
  open(sha256, page = null, words = null) {
    const wanted = this.#files.find((file) => file.sha256 === sha256);
    if (!wanted) return false;
    this.#chosen.set(this.#group, sha256);
    this.view("text");
    this.#load(wanted).then(() => this.go(page, words));
    return true;
  }

  #shut() {
    this.#open = null;
    this.#pane.close();
    this.#texts.clear();
    this.#hits = [];
    this.#hit = -1;
    this.#left = 0;
    this.#pointed = null;
    Viewer.#$("hits").textContent = Viewer.#$("find").value = "";
    Viewer.#$("keep").hidden = true;
    this.#tell("shut");
  }

  /* Open a file that is not open yet; done when its pages are there. */
  #load(one) {
    if (this.#open !== one.sha256) this.#loading = this.#begin(one);
    return this.#loading;
  }

  async #begin(one) {
    const $ = Viewer.#$;
    this.#shut();
    this.#open = one.sha256;
    $("nothing").hidden = true;
    $("pane-bar").hidden = $("paper").hidden = false;
    $("which").value = one.sha256;
    $("apart").href = one.address;
    $("pane").classList.toggle("of-article", one.kind === "jats");
    $("pane-says").textContent = "Opening the full text …";
    try {
      if (one.kind === "jats") await this.#loadArticle(one);
      else if (!(await this.#pane.open(one.address))) return;
      $("pane-says").textContent = "";
      $("pages").textContent = `of ${this.#pane.count}`;
      this.#moved(1);
      this.#point(one.sha256);
    } catch (trouble) {
      if (this.#open === one.sha256) this.#failed(trouble);
    }
  }

  /* Go where the address of this page points to, once. */
  #point(file) {
    if (this.#asked.get("file") !== file) return;
    const [page, words] = [this.#asked.get("page"), this.#asked.get("q")];
    this.#asked = new URLSearchParams();
    this.view("text");
    if (page) this.go(page);
    if (!words) return;
    Viewer.#$("find").value = words;
    this.#search();
  }

  async #loadArticle({ address, sha256 }) {
    const reply = await fetch(address, { headers: { Accept: "application/json" } }), said = await reply.json();
    if (!reply.ok) throw new Error([said.error, said.hint].filter(Boolean).join(": "));
    if (this.#open === sha256) this.#pane.openArticle(said.html);
  }

  #failed(trouble) {
    const $ = Viewer.#$, { name, status, message } = trouble;
    this.#pane.close();
    this.#open = null;
    $("paper").hidden = $("pane-bar").hidden = true;
    $("pane-says").textContent = this.#away() || message === "Failed to fetch" || status === 0
      ? "The server cannot be reached. Full texts are not kept in this browser: read this one when the network is back."
      : name === "PasswordException" ? "This PDF asks for a password. Get a copy without one, and put it in its place under Get full texts."
        : name === "InvalidPDFException" || name === "FormatError"
          ? "This file cannot be read as a PDF: it is damaged, or something else. Get it again, and put it in its place under Get full texts."
          : `The full text cannot be shown (${message}).`;
    const link = document.createElement("a");
    link.href = this.#files[0]?.address ?? "/fulltext";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "Open the file itself";
    $("pane-says").append(" ", link);
  }

  // -- marks

  async #shown(number) {
    const file = this.#open;
    this.#markHits(number);
    this.#markPointed(number);
    const text = await this.#pane.text(number);
    if (file === this.#open) this.#tell("page", number, text);
  }

  /* Have every page that is shown marked again. */
  again() {
    for (let number = 1; number <= this.#pane.count; number += 1) if (this.#pane.shows(number)) this.#shown(number).catch(() => {});
  }

  mark(number, style, places) { this.#pane.mark(number, style, places); }

  name(number) { return this.#pane.name(number); }

  /* Where some words stand in the text of a page. */
  places(number, text, words) {
    if (!this.#texts.has(number)) this.#texts.set(number, new Plain(text));
    return this.#texts.get(number).find(words);
  }

  #moved(number) {
    const field = Viewer.#$("page");
    if (document.activeElement !== field) field.value = this.#pane.name(number) || number;
    this.#offerToKeep();
  }

  // -- moving about

  /* Give the text the focus, or give it back to another element; says whether there is a text. */
  enter(back) {
    const paper = Viewer.#$("paper");
    if (this.#open === null) return false;
    const inside = paper.contains(document.activeElement);
    this.view(inside ? "beside" : "text");
    (inside ? back : paper).focus({ preventScroll: true });
    return true;
  }

  /* Arrows belong to the text while it has the focus: who turns pages must not do anything else by it. */
  owns(target, key) {
    return this.#open !== null && Viewer.#$("paper").contains(target) && key.startsWith("Arrow");
  }

  moved(key) {
    if (key === "ArrowLeft") this.turn(-1);
    if (key === "ArrowRight") this.turn(1);
    return key === "ArrowLeft" || key === "ArrowRight";
  }

  scroll(screens) { this.#pane.scroll(screens); }

  turn(step) { this.#pane.go(this.#pane.page + step); }

  zoom(step) { this.#pane.zoom(step); }

  /* Go to a page by its name (12, p. 12, Methods), and to words on it; words that stand elsewhere are found there. */
  async go(page, words = null) {
    const file = this.#open, named = this.#pane.named(String(page ?? "").trim().replace(/^(pp?\.|pages?)\s*/i, ""));
    if (named) this.#pane.go(named);
    if (!words) return;
    const others = Array.from({ length: this.#pane.count }, (_, n) => n + 1).filter((number) => number !== named);
    for (const number of named ? [named, ...others] : others) {
      const text = await this.#pane.text(number);
      if (file !== this.#open) return;
      const [place] = this.places(number, text, words);
      if (!place) continue;
      this.#pointed = { number, place };
      this.#pane.unmark("current");
      if (number !== named) this.#pane.go(number);
      this.#markPointed(number);
      return;
    }
  }

  #markPointed(number) {
    if (this.#pointed?.number !== number || !this.#pane.shows(number)) return;
    this.#pane.mark(number, "current", [this.#pointed.place]);
    this.#pane.reveal(number, this.#pointed.place);
  }

  #split(share) {
    const whole = Math.min(Math.max(Math.round(share), 30), 75);
    document.documentElement.style.setProperty("--split", `${whole}%`);
    Viewer.#$("divider").setAttribute("aria-valuenow", whole);
    Viewer.#$("divider").setAttribute("aria-valuetext", `${whole} percent`);
    Viewer.#remember("review-split", whole);
  }

  /* On a narrow screen one is shown at a time: "text" or "beside". */
  view(which) {
    const $ = Viewer.#$, shown = $("paper").clientHeight > 0;
    if (shown) this.#left = $("paper").scrollTop; // what is not shown may forget where it was
    $("main").dataset.view = which;
    if (!shown) $("paper").scrollTop = this.#left;
    $("view-beside").setAttribute("aria-pressed", String(which === "beside"));
    $("view-text").setAttribute("aria-pressed", String(which === "text"));
  }

  // -- finding

  /* Go to the field to find words; says whether there is a text. */
  find() {
    if (this.#open === null || document.activeElement === Viewer.#$("find")) return false;
    this.view("text");
    Viewer.#$("find").focus();
    Viewer.#$("find").select();
    return true;
  }

  async #search() {
    const wanted = Viewer.#$("find").value, file = this.#open, turn = (this.#searched += 1);
    this.#hits = [];
    this.#hit = -1;
    this.#pointed = null;
    const from = this.#pane.page;
    for (let number = 1; wanted.trim() && number <= this.#pane.count; number += 1) {
      const text = await this.#pane.text(number);
      if (turn !== this.#searched || file !== this.#open) return;
      this.#hits.push(...this.places(number, text, wanted).map((place) => ({ number, place })));
    }
    this.#pane.unmark("found");
    this.#pane.unmark("current");
    for (let number = 1; number <= this.#pane.count; number += 1) this.#markHits(number);
    Viewer.#$("hits").textContent = !wanted.trim() ? "" : this.#hits.length === 0 ? "Not found" : "";
    if (this.#hits.length) this.#visit(Math.max(this.#hits.findIndex(({ number }) => number >= from), 0));
  }

  #markHits(number) {
    const here = this.#hits.filter((hit) => hit.number === number), current = this.#hits[this.#hit];
    if (!this.#pane.shows(number) || this.#hits.length === 0) return;
    this.#pane.mark(number, "found", here.map(({ place }) => place));
    this.#pane.mark(number, "current", current?.number === number ? [current.place] : []);
    if (current?.number === number) this.#pane.reveal(number, current.place);
  }

  #visit(index) {
    if (this.#hits.length === 0) return;
    this.#hit = (index + this.#hits.length) % this.#hits.length;
    const { number, place } = this.#hits[this.#hit], name = this.#pane.name(number);
    Viewer.#$("hits").textContent = `${this.#hit + 1} of ${this.#hits.length}`;
    Viewer.#$("hits").title = /^\d+$/.test(name) ? `page ${name}` : name;
    this.#pane.unmark("current");
    if (!this.#pane.shows(number)) this.#pane.go(number);
    this.#markHits(number);
    this.#pane.reveal(number, place);
  }

  // -- passages

  /* What is selected: {report, file, page, text}, or null. */
  selected() { return Viewer.#of(this.file, this.#open === null ? null : this.#pane.selected()); }

  /* What is selected, else the sentence that was found, else null. */
  async passage() {
    const { file } = this;
    return this.selected() ?? Viewer.#of(file, file === null ? null : await this.#sentence());
  }

  static #of(file, chosen) { return chosen && { report: file.report, file: file.sha256, ...chosen }; }

  async #sentence() {
    const hit = this.#hits[this.#hit];
    if (!hit) return null;
    const text = await this.#pane.text(hit.number), [start, end] = hit.place;
    const ends = /[.?!]["”’)\]]*\s+(?=["“‘([]?\p{Lu})|(?:^|\n)[ ]*\p{Lu}\S*(?: \S+){0,4}[^.?!,;:\s]\n(?=\p{Lu})/gu; // a sentence, a heading
    const from = Math.max(0, ...[...text.slice(0, start).matchAll(ends)].map(({ index, 0: stop }) => index + stop.length));
    const stop = /[.?!]["”’)\]]*(?=\s+["“‘([]?\p{Lu}|\s*$)/u.exec(text.slice(end));
    return { page: this.#pane.name(hit.number), text: text.slice(from, stop ? end + stop.index + stop[0].length : text.length) };
  }

  /* Show the button beside what was selected. */
  #offerToKeep() {
    const button = Viewer.#$("keep"), chosen = this.#listeners.has("keep") ? this.selected() : null;
    button.hidden = !chosen;
    if (!chosen) return;
    const place = document.getSelection().getRangeAt(0).getBoundingClientRect(), box = Viewer.#$("pane").getBoundingClientRect();
    const below = Math.min(Math.max(place.bottom - box.top + 8, 60), box.height - 56);
    button.style.top = `${below}px`;
    button.style.left = `${Math.min(Math.max(place.left - box.left, 8), box.width - button.offsetWidth - 8)}px`;
  }

  // -- wiring

  #wire() {
    const $ = Viewer.#$, on = (id, what, act) => $(id).addEventListener(what, act);
    on("page-back", "click", () => this.turn(-1));
    on("page-on", "click", () => this.turn(1));
    on("larger", "click", () => this.zoom(1));
    on("smaller", "click", () => this.zoom(-1));
    on("page", "change", () => this.#pane.go(this.#pane.named($("page").value.trim()) || this.#pane.page));
    on("page", "keydown", (event) => { if (event.key === "Enter") $("page").blur(); });
    on("which", "change", () => this.open($("which").value));
    let waiting = null;
    on("find", "input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.#search(), 200);
    });
    on("find", "keydown", (event) => {
      if (event.key === "Escape") $("paper").focus({ preventScroll: true });
      if (event.key === "Enter" && event.shiftKey) this.#visit(this.#hit - 1);
      if ((event.key === "Enter" && event.shiftKey) || event.key === "Escape") event.preventDefault();
    });
    on("finder", "submit", (event) => {
      event.preventDefault();
      this.#visit(this.#hit + 1);
    });
    on("hit-back", "click", () => this.#visit(this.#hit - 1));
    on("keep", "pointerdown", (event) => event.preventDefault()); // the selection stays
    on("keep", "click", () => this.#tell("keep"));
    document.addEventListener("selectionchange", () => {
      this.#offerToKeep();
      this.#tell("select", this.selected());
    });
    on("view-beside", "click", () => this.view("beside"));
    on("view-text", "click", () => this.view("text"));
    this.#wireDivider();
  }

  #wireDivider() {
    const divider = Viewer.#$("divider"), now = () => Number(divider.getAttribute("aria-valuenow"));
    divider.addEventListener("pointerdown", (event) => {
      divider.setPointerCapture(event.pointerId);
      divider.classList.add("held");
    });
    divider.addEventListener("pointermove", (event) => {
      if (divider.hasPointerCapture(event.pointerId)) this.#split((event.clientX / document.documentElement.clientWidth) * 100);
    });
    divider.addEventListener("lostpointercapture", () => divider.classList.remove("held"));
    divider.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      this.#split(now() + step);
    });
  }
}
