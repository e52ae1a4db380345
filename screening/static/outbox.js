/* Decisions on their way to the server: kept in this browser until the server has them, sent in order, sent again when
   that fails. Every one carries an id of its own, so the server counts it once however often it is sent. What the
   server refuses is kept, too, until the person has seen it. One key of localStorage per decision: tabs that write at
   the same time cannot overwrite each other's. */
"use strict";

class Outbox {
  static #PATIENCE = 30000; // ms until an answer that does not come counts as none
  #key; #memory = { waiting: [], refused: [] }; #noted = null; #sending = null; #wait = 0; #timer = null;
  saved = 0; // so many were, since the page came

  /* changed(trouble, away): why not all is saved (null when all is), and whether the server is out of reach (null when
     nothing was sent). refused(entry): the server said no, entry.problem why; sending it again
     would not help. added(entry, elsewhere): a decision was made, here or in another tab; a promise that it gives is
     awaited before the entry is forgotten. */
  constructor(key, { changed, refused, added }) {
    Object.assign(this, { changed, refused, added });
    this.#key = key;
    this.#adopt();
    window.addEventListener("online", () => this.retry());
    window.addEventListener("storage", (event) => {
      if (event.newValue && event.key?.startsWith(`${key}:waiting:`)) this.added(JSON.parse(event.newValue), true);
    });
    window.addEventListener("beforeunload", (event) => {
      if (!this.lasting) event.preventDefault(); // the browser asks whether to leave
    });
  }

  /* Whether what waits outlives this page: not so when the browser's storage is full or switched off. */
  get lasting() { return this.#memory.waiting.length === 0; }

  /* What is not saved yet, oldest first. */
  entries() { return this.#read("waiting"); }

  /* What the server refused and the person has not seen yet. */
  refusals() { return this.#read("refused"); }

  seen(id) { this.#forget("refused", id); }

  /* about: the title of the record, to name it should the server refuse. */
  add(url, fields, about = "") {
    const entry = { id: crypto.randomUUID(), url, fields, about };
    this.#keep("waiting", entry);
    this.#noted = Promise.all([this.#noted, this.added(entry, false)]);
    return this.flush();
  }

  /* Forget everything, what is not saved as well. */
  discard() {
    for (const kind of ["waiting", "refused"]) for (const { id } of this.#read(kind)) this.#forget(kind, id);
    this.changed(null, null);
  }

  retry() {
    this.#wait = 0;
    return this.flush();
  }

  /* Send what is kept, oldest first, one tab at a time; ends when nothing is left or something fails. */
  flush() {
    clearTimeout(this.#timer);
    const send = () => this.#send();
    this.#sending ??= (navigator.locks?.request(this.#key, send) ?? send()).finally(() => { this.#sending = null; });
    return this.#sending;
  }

  async #send() {
    let away = null;
    for (let entry; (entry = this.entries()[0]);) {
      const { trouble, problem, ...how } = await this.#post(entry);
      away = how.away === true;
      if (trouble) {
        this.changed(trouble, away);
        this.#wait = Math.min(this.#wait ? this.#wait * 2 : 2000, 30000);
        this.#timer = setTimeout(() => this.flush(), this.#wait);
        return;
      }
      this.#wait = 0;
      await this.#noted; // whoever leaves the page now finds it here or there
      if (problem) this.#refuse({ ...entry, problem });
      else this.saved += 1;
      this.#forget("waiting", entry.id);
    }
    this.changed(null, away);
  }

  /* Keep what was refused for the person to see. What takes a refused vote back would take back an older one: it goes. */
  #refuse(entry) {
    const report = ({ fields }) => new URLSearchParams(fields).get("report");
    const undo = entry.url.replace(/votes$/, "undo"), of = [entry.url, undo];
    const next = this.entries().find((one) => one.id !== entry.id && of.includes(one.url) && report(one) === report(entry));
    if (next && next.url === undo) {
      this.#forget("waiting", next.id);
    } else {
      this.#keep("refused", entry);
      this.refused(entry);
    }
  }

  /* Give {} when the server has it, {problem} when it refuses, {trouble} when it has to be sent again. */
  async #post(entry) {
    const body = new URLSearchParams([...entry.fields, ["client", entry.id]]);
    let reply;
    try {
      reply = await fetch(entry.url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual",
        signal: AbortSignal.timeout(Outbox.#PATIENCE) });
    } catch {
      return { trouble: "The server cannot be reached", away: true };
    }
    const said = await reply.json().catch(() => null);
    if (reply.ok && said) return {};
    if (reply.type === "opaqueredirect") return { trouble: "The server asks who you are: open its start page in another tab" };
    if (!said?.error || reply.status >= 500 || [401, 403, 408, 421, 429].includes(reply.status)) {
      const trouble = said?.error ? [said.error, said.hint].filter(Boolean).join(": ") : "The server had a problem";
      return { trouble, away: [502, 503, 504].includes(reply.status) };
    }
    return { problem: said };
  }

  // -- what this browser keeps; in memory, as long as the page lives, what its storage does not take

  #names(kind) {
    const start = `${this.#key}:${kind}:`;
    return Object.keys(localStorage).filter((name) => name.startsWith(start)).sort();
  }

  #read(kind) {
    try {
      const stored = this.#names(kind).map((name) => JSON.parse(localStorage.getItem(name)));
      return [...stored.filter(Boolean), ...this.#memory[kind]];
    } catch {
      return this.#memory[kind];
    }
  }

  #keep(kind, entry) {
    try {
      if (this.#memory[kind].length) throw new Error("in order"); // what comes later must not overtake
      const last = Number(this.#names(kind).at(-1)?.split(":").at(-2) ?? 0);
      localStorage.setItem(`${this.#key}:${kind}:${String(last + 1).padStart(9, "0")}:${entry.id}`, JSON.stringify(entry));
    } catch {
      this.#memory[kind] = [...this.#memory[kind], entry];
    }
  }

  #forget(kind, id) {
    this.#memory[kind] = this.#memory[kind].filter((one) => one.id !== id);
    try {
      for (const name of this.#names(kind)) if (name.endsWith(`:${id}`)) localStorage.removeItem(name);
    } catch { /* switched off: there is nothing */ }
  }

  /* Take over what version 0.3 kept: all of it under one key. */
  #adopt() {
    try {
      const before = JSON.parse(localStorage.getItem(this.#key) || "[]");
      for (const entry of before) this.#keep("waiting", entry);
      localStorage.removeItem(this.#key);
    } catch { /* switched off */ }
  }
}
