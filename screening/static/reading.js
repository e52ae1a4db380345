/* The full text beside the decision: the file of the record that is shown, the words of the protocol in it, and quotes from it. */
"use strict";

class Reader {
  #along; #person; #say; #announce; #viewer; #report = null; #lists = new Map(); #marked = new Map(); #drafts = new Map();

  constructor(along, { person, say, announce }) {
    this.#along = along;
    this.#person = person;
    this.#say = say;
    this.#announce = announce;
    this.#viewer = new Viewer(Reader.#$("pane"), { away: () => along.away })
      .on("shut", () => {
        this.#marked.clear();
        Reader.#$("where")?.removeAttribute("open");
      })
      .on("page", (number, text) => this.#mark(number, text).catch(() => {}));
    if (Reader.#$("actions")) this.#viewer.on("keep", () => this.quote());
    this.#wire();
  }

  static #$(id) { return document.getElementById(id); }

  /* The page shows another record: open its file. */
  show() {
    const $ = Reader.#$, card = $("record").querySelector("article");
    this.#report = card ? Number(card.dataset.report) : null;
    const list = this.#lists.get(this.#report);
    if (list) $("quotes").outerHTML = list; // newer than the card
    this.#dress();
    document.querySelector(".desk").scrollTop = 0;
    const files = [...$("record").querySelectorAll(".texts [data-file]")].map((link) => ({ report: this.#report, address: link.getAttribute("href"),
      sha256: link.dataset.file, kind: link.dataset.kind, label: link.closest("li").textContent.trim().replace(/\s+/g, " ") }));
    const nothing = [...($("record").querySelector(".texts")?.children ?? [])].map((child) => child.cloneNode(true));
    return this.#viewer.offer(files, { group: this.#report, nothing });
  }

  /* A page's text is there: mark in it what was quoted, and the words of the protocol. */
  async #mark(number, text) {
    const { file } = this.#viewer;
    this.#markQuotes(number, text);
    if (file.kind === "jats") return; // marked by the server
    if (!this.#marked.has(number)) {
      const whole = text.replace(/[\ud800-\udfff]/g, "\ufffd"); // as long for the server as for us
      const { marks } = await this.#along.post("/marks", [["text", whole]]);
      if (file.sha256 !== this.#viewer.file?.sha256) return;
      this.#marked.set(number, marks);
    }
    const of = Map.groupBy?.(this.#marked.get(number), ([, , style]) => style) ?? new Map();
    for (const [style, some] of of) this.#viewer.mark(number, style, some);
  }

  #markQuotes(number, text) {
    const here = [...Reader.#$("record").querySelectorAll(".quotes [data-key]")]
      .filter(({ dataset }) => dataset.file === this.#viewer.file.sha256 && dataset.page === this.#viewer.name(number));
    const places = here.flatMap((item) => this.#viewer.places(number, text, item.querySelector("blockquote").textContent));
    this.#viewer.mark(number, "kept", places);
  }

  // -- keys of the page

  enter() { return this.#viewer.enter(Reader.#$("record").querySelector("h1")); }

  owns(target, key) { return this.#viewer.owns(target, key); }

  moved(key) { return this.#viewer.moved(key); }

  scroll(screens) { this.#viewer.scroll(screens); }

  turn(step) { this.#viewer.turn(step); }

  zoom(step) { this.#viewer.zoom(step); }

  find() { return this.#viewer.find(); }

  // -- words of the protocol

  /* Where the words of the protocol stand, from the stored text of the whole file. */
  async #listWords() {
    const sheet = Reader.#$("where").querySelector(".sheet-of-words"), { address } = this.#viewer.file;
    const labels = new Map([...document.querySelectorAll(".legend mark")].map((mark) => [mark.className, mark.textContent]));
    sheet.textContent = "One moment …";
    const reply = await fetch(`${address.replace(/\/text$/, "")}/words`, { headers: { Accept: "application/json" } });
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
    button.addEventListener("click", () => this.#viewer.go(page));
    return button;
  }

  // -- quotes

  /* Keep what is selected; without a selection the sentence that was found; else offer to write one down. */
  async quote() {
    const chosen = await this.#viewer.passage(), { file } = this.#viewer;
    if (!chosen) return this.#write("", file === null ? "" : this.#viewer.page);
    const { report } = chosen, fields = [["person", this.#person], ["report", report], ["key", crypto.randomUUID()],
      ["file", chosen.file], ["page", chosen.page], ["text", chosen.text]];
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

  #write(text, page) {
    const form = Reader.#$("quotes")?.querySelector(".write");
    if (!form) return;
    this.#viewer.view("beside");
    form.open = true;
    if (text || !form.querySelector("[name=text]").value) form.querySelector("[name=text]").value = text;
    form.querySelector("[name=page]").value = page;
    const { file } = this.#viewer;
    if (form.querySelector("[name=file]") && file) form.querySelector("[name=file]").value = file.sha256;
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
    this.#viewer.again();
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

  #follow(item) {
    return this.#viewer.open(item.dataset.file, item.dataset.page, item.querySelector("blockquote").textContent);
  }

  // -- wiring

  #wire() {
    const $ = Reader.#$, on = (id, what, act) => $(id)?.addEventListener(what, act);
    on("where", "toggle", () => { if ($("where").open) this.#listWords().catch(() => {}); });
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
      if (item ? this.#follow(item) : this.#viewer.open(link.dataset.file)) event.preventDefault();
    });
  }
}
