/* The full text beside the decision: which file of the record is open, finding words in it, and what is quoted from it. */
"use strict";

class Reader {
  #along; #person; #say; #announce; #pane; #open = null; #report = null; #files = []; #hits = []; #hit = -1; #lists = new Map();
  #marked = new Map(); #texts = new Map(); #searched = 0; #left = 0; #chosen = new Map(); #drafts = new Map();
  #asked = new URLSearchParams(location.search); // a place in a text that another page points to

  constructor(along, { person, say, announce }) {
    this.#along = along;
    this.#person = person;
    this.#say = say;
    this.#announce = announce;
    const { library, worker, parts } = Reader.#$("pane").dataset;
    this.#pane = new PdfPane(Reader.#$("paper"), { library, worker, folder: parts },
      { shown: (number) => this.#shown(number).catch(() => {}), moved: (number) => this.#moved(number) });
    this.#wire();
    this.#split(Number(Reader.#remembered("review-split")) || 58);
    this.#view("decision");
  }

  static #$(id) { return document.getElementById(id); }

  static #remembered(name) { try { return localStorage.getItem(name); } catch { return null; } }

  static #remember(name, value) { try { localStorage.setItem(name, value); } catch { /* only for this page, then */ } }

  // -- what is open

  /* The page shows another record: open its file. */
  show() {
    const $ = Reader.#$, card = $("record").querySelector("article");
    this.#report = card ? Number(card.dataset.report) : null;
    const list = this.#lists.get(this.#report);
    if (list) $("quotes").outerHTML = list; // newer than the card
    this.#dress();
    document.querySelector(".desk").scrollTop = 0;
    this.#files = [...$("record").querySelectorAll(".texts [data-file]")].map((link) => ({ link, address: link.getAttribute("href"),
      file: link.dataset.file, kind: link.dataset.kind, label: link.closest("li").textContent.trim().replace(/\s+/g, " ") }));
    $("which").hidden = this.#files.length < 2;
    $("which").replaceChildren(...this.#files.map(({ file, label }) => new Option(label, file)));
    const wanted = this.#chosen.get(this.#report) ?? (Number(this.#asked.get("report")) === this.#report && this.#asked.get("file"));
    const chosen = this.#files.find(({ file }) => file === wanted) ?? this.#files[0];
    if (!chosen) return this.#empty();
    return this.#load(chosen);
  }

  #empty() {
    const $ = Reader.#$, texts = $("record").querySelector(".texts");
    this.#shut();
    $("pane-bar").hidden = $("paper").hidden = true;
    $("pane-says").textContent = "";
    $("nothing").hidden = false;
    $("nothing").replaceChildren(...[...(texts?.children ?? [])].map((child) => child.cloneNode(true)));
  }

  #shut() {
    this.#open = null;
    this.#pane.close();
    this.#marked.clear();
    this.#texts.clear();
    this.#hits = [];
    this.#hit = -1;
    this.#left = 0;
    Reader.#$("hits").textContent = Reader.#$("find").value = "";
    Reader.#$("keep").hidden = true;
  }

  async #load(one) {
    const $ = Reader.#$;
    if (this.#open === one.file) return;
    this.#shut();
    this.#open = one.file;
    $("nothing").hidden = true;
    $("pane-bar").hidden = $("paper").hidden = false;
    $("which").value = one.file;
    $("apart").href = one.address;
    $("where")?.removeAttribute("open");
    $("pane").classList.toggle("of-article", one.kind === "jats");
    $("pane-says").textContent = "Opening the full text …";
    try {
      if (one.kind === "jats") await this.#loadArticle(one);
      else if (!(await this.#pane.open(one.address))) return;
      $("pane-says").textContent = "";
      $("pages").textContent = `of ${this.#pane.count}`;
      this.#moved(1);
      this.#point(one.file);
    } catch (trouble) {
      if (this.#open === one.file) this.#failed(trouble);
    }
  }

  /* Go where the address of this page points to, once. */
  #point(file) {
    if (this.#asked.get("file") !== file) return;
    const [page, words] = [this.#asked.get("page"), this.#asked.get("q")];
    this.#asked = new URLSearchParams();
    this.#view("text");
    if (page) this.#pane.go(this.#pane.named(page));
    if (!words) return;
    Reader.#$("find").value = words;
    this.#search();
  }

  async #loadArticle({ address, file }) {
    const reply = await fetch(address, { headers: { Accept: "application/json" } }), said = await reply.json();
    if (!reply.ok) throw new Error([said.error, said.hint].filter(Boolean).join(": "));
    if (this.#open === file) this.#pane.openArticle(said.html);
  }

  #failed(trouble) {
    const $ = Reader.#$, { name, status, message } = trouble;
    this.#pane.close();
    this.#open = null;
    $("paper").hidden = $("pane-bar").hidden = true;
    $("pane-says").textContent = this.#along.away || message === "Failed to fetch" || status === 0
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

  /* A page's text is there: mark in it what is looked for, what was quoted, and the words of the protocol. */
  async #shown(number) {
    const file = this.#open;
    this.#markHits(number);
    const text = await this.#pane.text(number);
    if (file !== this.#open) return;
    this.#markQuotes(number, text);
    if (Reader.#$("pane").classList.contains("of-article")) return; // marked by the server
    if (!this.#marked.has(number)) {
      const whole = text.replace(/[\ud800-\udfff]/g, "\ufffd"); // as long for the server as for us
      const { marks } = await this.#along.post("/marks", [["text", whole]]);
      if (file !== this.#open) return;
      this.#marked.set(number, marks);
    }
    const of = Map.groupBy?.(this.#marked.get(number), ([, , style]) => style) ?? new Map();
    for (const [style, some] of of) this.#pane.mark(number, style, some);
  }

  #markQuotes(number, text) {
    const here = [...Reader.#$("record").querySelectorAll(".quotes [data-key]")]
      .filter(({ dataset }) => dataset.file === this.#open && dataset.page === this.#pane.name(number));
    this.#pane.mark(number, "kept", here.flatMap((item) => this.#plain(number, text).find(item.querySelector("blockquote").textContent)));
  }

  #plain(number, text) {
    if (!this.#texts.has(number)) this.#texts.set(number, new Plain(text));
    return this.#texts.get(number);
  }

  #moved(number) {
    const field = Reader.#$("page");
    if (document.activeElement !== field) field.value = this.#pane.name(number) || number;
    this.#offer();
  }

  // -- moving about

  /* Give the text the focus, or give it back; says whether there is a text. */
  enter() {
    const $ = Reader.#$, paper = $("paper");
    if (this.#open === null) return false;
    this.#view(document.activeElement === paper ? "decision" : "text");
    (document.activeElement === paper ? $("record").querySelector("h1") : paper).focus({ preventScroll: true });
    return true;
  }

  /* Arrows belong to the text while it has the focus: who turns pages must not decide by it. */
  owns(target, key) {
    return this.#open !== null && Reader.#$("paper").contains(target) && key.startsWith("Arrow");
  }

  moved(key) {
    if (key === "ArrowLeft") this.turn(-1);
    if (key === "ArrowRight") this.turn(1);
    return key === "ArrowLeft" || key === "ArrowRight";
  }

  scroll(screens) { this.#pane.scroll(screens); }

  turn(step) { this.#pane.go(this.#pane.page + step); }

  zoom(step) { this.#pane.zoom(step); }

  #split(share) {
    const $ = Reader.#$, whole = Math.min(Math.max(Math.round(share), 30), 75);
    document.documentElement.style.setProperty("--split", `${whole}%`);
    $("divider").setAttribute("aria-valuenow", whole);
    $("divider").setAttribute("aria-valuetext", `${whole} percent`);
    Reader.#remember("review-split", whole);
  }

  /* On a narrow screen one is shown at a time. */
  #view(which) {
    const $ = Reader.#$, shown = $("paper").clientHeight > 0;
    if (shown) this.#left = $("paper").scrollTop; // what is not shown may forget where it was
    $("main").dataset.view = which;
    if (!shown) $("paper").scrollTop = this.#left;
    $("view-decision").setAttribute("aria-pressed", String(which === "decision"));
    $("view-text").setAttribute("aria-pressed", String(which === "text"));
  }

  // -- finding

  /* Go to the field to find words; says whether there is a text. */
  find() {
    if (this.#open === null || document.activeElement === Reader.#$("find")) return false;
    this.#view("text");
    Reader.#$("find").focus();
    Reader.#$("find").select();
    return true;
  }

  async #search() {
    const wanted = Reader.#$("find").value, file = this.#open, turn = (this.#searched += 1);
    this.#hits = [];
    this.#hit = -1;
    const from = this.#pane.page;
    for (let number = 1; wanted.trim() && number <= this.#pane.count; number += 1) {
      const text = await this.#pane.text(number);
      if (turn !== this.#searched || file !== this.#open) return;
      this.#hits.push(...this.#plain(number, text).find(wanted).map((place) => ({ number, place })));
    }
    this.#pane.unmark("found");
    this.#pane.unmark("current");
    for (let number = 1; number <= this.#pane.count; number += 1) this.#markHits(number);
    Reader.#$("hits").textContent = !wanted.trim() ? "" : this.#hits.length === 0 ? "Not found" : "";
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
    const { number, place } = this.#hits[this.#hit];
    Reader.#$("hits").textContent = `${this.#hit + 1} of ${this.#hits.length}`;
    Reader.#$("hits").title = this.#place(number);
    this.#pane.unmark("current");
    if (!this.#pane.shows(number)) this.#pane.go(number);
    this.#markHits(number);
    this.#pane.reveal(number, place);
  }

  #place(number) {
    const name = this.#pane.name(number);
    return /^\d+$/.test(name) ? `page ${name}` : name;
  }

  /* Where the words of the protocol stand, from the stored text of the whole file. */
  async #listWords() {
    const sheet = Reader.#$("where").querySelector(".sheet-of-words"), { link } = this.#files.find(({ file }) => file === this.#open);
    const labels = new Map([...document.querySelectorAll(".legend mark")].map((mark) => [mark.className, mark.textContent]));
    sheet.textContent = "One moment …";
    const reply = await fetch(`${link.getAttribute("href").replace(/\/text$/, "")}/words`, { headers: { Accept: "application/json" } });
    const { pages, readable } = await reply.json();
    if (!readable) {
      sheet.textContent = "No text can be read from this file: its pages may be pictures.";
      return;
    }
    sheet.replaceChildren(...[...labels].map(([style, label]) => {
      const row = document.createElement("div"), name = document.createElement("mark"), where = document.createElement("p");
      const on = pages.filter(({ counts }) => counts[style]);
      name.className = style;
      name.textContent = label;
      where.append(...(on.length ? on.map(({ page, counts }) => this.#toPage(page, counts[style])) : ["nowhere"]));
      row.append(name, where);
      return row;
    }));
  }

  #toPage(page, count) {
    const button = document.createElement("button"), times = document.createElement("span");
    button.type = "button";
    button.className = "quiet";
    button.textContent = /^\d+$/.test(page) ? `p. ${page} ` : `${page} `;
    times.textContent = `×${count}`;
    button.append(times);
    button.addEventListener("click", () => this.#pane.go(this.#pane.named(page)));
    return button;
  }

  // -- quotes

  /* Show the button beside what was selected. */
  #offer() {
    const button = Reader.#$("keep"), may = this.#open !== null && Reader.#$("actions"), chosen = may ? this.#pane.selected() : null;
    button.hidden = !chosen;
    if (!chosen) return;
    const place = document.getSelection().getRangeAt(0).getBoundingClientRect(), box = Reader.#$("pane").getBoundingClientRect();
    const below = Math.min(Math.max(place.bottom - box.top + 8, 60), box.height - 56);
    button.style.top = `${below}px`;
    button.style.left = `${Math.min(Math.max(place.left - box.left, 8), box.width - button.offsetWidth - 8)}px`;
  }

  /* Keep what is selected; without a selection the sentence that was found; else offer to write one down. */
  async quote() {
    const chosen = this.#open === null ? null : this.#pane.selected() ?? (await this.#sentence());
    if (!chosen) return this.#write("", this.#open === null ? "" : this.#pane.name(this.#pane.page));
    const report = this.#report, fields = [["person", this.#person], ["report", report], ["key", crypto.randomUUID()],
      ["file", this.#open], ["page", chosen.page], ["text", chosen.text]];
    try {
      const sent = await this.#along.post("/quotes", fields);
      document.getSelection().empty();
      this.#listed(sent);
      this.#tell(`Kept as a quote, ${/^\d+$/.test(chosen.page) ? `page ${chosen.page}` : chosen.page}.`);
    } catch (trouble) {
      if (report === this.#report) this.#write(chosen.text, chosen.page);
      this.#tell(`The quote is not kept: ${trouble.message}.`);
    }
    return undefined;
  }

  async #sentence() {
    const hit = this.#hits[this.#hit];
    if (!hit) return null;
    const text = await this.#pane.text(hit.number), [start, end] = hit.place;
    const ends = /[.?!]["”’)\]]*\s+(?=["“‘([]?\p{Lu})|(?:^|\n)[ ]*\p{Lu}\S*(?: \S+){0,4}[^.?!,;:\s]\n(?=\p{Lu})/gu; // a sentence, a heading
    const from = Math.max(0, ...[...text.slice(0, start).matchAll(ends)].map(({ index, 0: stop }) => index + stop.length));
    const stop = /[.?!]["”’)\]]*(?=\s+["“‘([]?\p{Lu}|\s*$)/u.exec(text.slice(end));
    return { page: this.#pane.name(hit.number), text: text.slice(from, stop ? end + stop.index + stop[0].length : text.length) };
  }

  #write(text, page) {
    const form = Reader.#$("quotes")?.querySelector(".write");
    if (!form) return;
    this.#view("decision");
    form.open = true;
    if (text || !form.querySelector("[name=text]").value) form.querySelector("[name=text]").value = text;
    form.querySelector("[name=page]").value = page;
    if (form.querySelector("[name=file]") && this.#open) form.querySelector("[name=file]").value = this.#open;
    if (text) this.#drafts.set(Reader.#draft(this.#report, form.querySelector("form")), [["text", text], ["page", page]]);
    form.querySelector("[name=text]").focus();
  }

  /* The list as the server made it, with the person's own key, and what was typed into its forms and not sent. */
  #dress() {
    const quotes = Reader.#$("quotes"), cap = quotes?.querySelector(".key-of-quote");
    if (cap) cap.textContent = Reader.#$("keep").querySelector("kbd")?.textContent ?? "the button beside it";
    for (const [form, typed] of this.#typed()) {
      form.closest("details").open = true;
      for (const [name, value] of typed) form.elements[name].value = value;
    }
  }

  #typed() {
    return [...(Reader.#$("quotes")?.querySelectorAll("form") ?? [])].flatMap((form) => {
      const typed = this.#drafts.get(Reader.#draft(this.#report, form));
      return typed ? [[form, typed]] : [];
    });
  }

  static #draft(report, form) { return `${report} ${form.closest("[data-key]")?.dataset.key ?? "new"}`; }

  #tell(text) {
    this.#say(text);
    this.#announce(text);
  }

  /* The quotes as the server has them now. */
  #listed({ html, report, key }) {
    this.#lists.set(report, html);
    if (report !== this.#report) return;
    Reader.#$("quotes").outerHTML = html;
    this.#dress();
    const item = key && Reader.#$("quotes").querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (item) {
      item.classList.add("new");
      item.scrollIntoView({ block: "nearest" });
    }
    const file = this.#open;
    for (let number = 1; number <= this.#pane.count; number += 1) {
      if (!this.#pane.shows(number)) continue;
      this.#pane.text(number).then((text) => { if (file === this.#open) this.#markQuotes(number, text); });
    }
  }

  async #sendForm(form, button) {
    const path = (button?.getAttribute("formaction") ?? form.getAttribute("action")).replace(/^.*\/quotes/, "/quotes");
    const draft = Reader.#draft(this.#report, form);
    try {
      const sent = await this.#along.post(path, [...new FormData(form)]);
      this.#drafts.delete(draft);
      this.#listed(sent);
      this.#tell(sent.key ? "The quote is kept." : "The quote is gone.");
      Reader.#$("quotes-title").focus();
    } catch (trouble) {
      this.#tell(`That was not saved: ${trouble.message}.`);
    }
  }

  #follow(link, item) {
    const number = this.#pane.named(item.dataset.page), chosen = this.#files.find(({ file }) => file === item.dataset.file);
    if (!chosen) return false;
    this.#view("text");
    if (this.#open !== chosen.file) {
      this.#chosen.set(this.#report, chosen.file);
      this.#load(chosen).then(() => this.#follow(link, item));
      return true;
    }
    if (number) {
      this.#pane.go(number);
      this.#pane.text(number).then((text) => {
        const [place] = this.#plain(number, text).find(item.querySelector("blockquote").textContent);
        if (place) this.#pane.reveal(number, place);
      });
    }
    return true;
  }

  // -- wiring

  #wire() {
    const $ = Reader.#$, on = (id, what, act) => $(id)?.addEventListener(what, act);
    on("page-back", "click", () => this.turn(-1));
    on("page-on", "click", () => this.turn(1));
    on("larger", "click", () => this.zoom(1));
    on("smaller", "click", () => this.zoom(-1));
    on("page", "change", () => this.#pane.go(this.#pane.named($("page").value.trim()) || this.#pane.page));
    on("page", "keydown", (event) => { if (event.key === "Enter") $("page").blur(); });
    on("which", "change", () => {
      this.#chosen.set(this.#report, $("which").value);
      this.#load(this.#files.find(({ file }) => file === $("which").value));
    });
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
    on("where", "toggle", () => { if ($("where").open) this.#listWords().catch(() => {}); });
    on("keep", "pointerdown", (event) => event.preventDefault()); // the selection stays
    on("keep", "click", () => this.quote());
    document.addEventListener("selectionchange", () => this.#offer());
    on("view-decision", "click", () => this.#view("decision"));
    on("view-text", "click", () => this.#view("text"));
    on("record", "input", ({ target }) => {
      const form = target.closest(".quotes form");
      if (!form) return;
      const typed = ["text", "page", "note"].map((name) => [name, form.elements[name].value]);
      this.#drafts.set(Reader.#draft(this.#report, form), typed);
    });
    on("record", "submit", (event) => {
      if (!event.target.closest(".quotes")) return;
      event.preventDefault();
      this.#sendForm(event.target, event.submitter);
    });
    on("record", "click", (event) => {
      const link = event.target.closest(".quotes .from a, .texts [data-file]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const item = link.closest("[data-key]");
      if (item ? !this.#follow(link, item) : false) return;
      event.preventDefault();
      if (item) return;
      this.#chosen.set(this.#report, link.dataset.file);
      this.#view("text");
      this.#load(this.#files.find(({ file }) => file === link.dataset.file));
    });
    this.#wireDivider();
  }

  #wireDivider() {
    const divider = Reader.#$("divider"), now = () => Number(divider.getAttribute("aria-valuenow"));
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
