/* Records that were taken along: their cards and what was decided on them since, in IndexedDB (200 long abstracts are
   more than localStorage holds), under the name of this review, person and stage. And the pages that show them. */
"use strict";

class Batch {
  static #PAGES = "review-along:"; // the names of our caches begin so
  #key; #base; #cards = new Map(); #said = new Map();
  until = 0; // when others may have the records again, by this browser's clock
  total = 0;

  constructor(key, base) {
    this.#key = key;
    this.#base = base;
  }

  /* Read what is kept; a browser that keeps nothing has no batch. */
  async open() {
    try {
      const { batch, said } = await this.#work("readonly", async (batches, votes) => ({
        batch: await Batch.#done(batches.get(this.#key)), said: await Batch.#done(votes.getAll(Batch.#of(this.#key))) }));
      this.#take(batch, said.sort((a, b) => a.at - b.at));
    } catch { /* switched off */ }
    return this;
  }

  #take(batch, said = []) {
    this.#cards = new Map(batch?.cards);
    this.#said = new Map(said.map(({ report, entry }) => [report, entry]));
    this.until = batch?.until ?? 0;
    this.total = this.#cards.size;
  }

  /* The kept cards, report -> HTML, in the order of the worklist. */
  get cards() { return this.#cards; }

  /* The last word on each record that was decided on, as it was sent, oldest first. */
  get said() { return [...this.#said.values()]; }

  get left() {
    return [...this.#cards.keys()].filter((report) => !this.#said.has(report));
  }

  get expired() { return this.total > 0 && Date.now() > this.until; }

  /* Keep cards, given as [report, html]; throws when the browser does not. */
  async keep(cards, until) {
    const batch = { key: this.#key, cards, until };
    await this.#work("readwrite", (batches, votes) => {
      batches.put(batch);
      votes.delete(Batch.#of(this.#key));
    });
    this.#take(batch);
  }

  /* Note what was said about a record; once it is taken back, the record is left again. */
  note({ url, fields }) {
    const report = Number(new URLSearchParams(fields).get("report"));
    if (!this.#cards.has(report)) return null;
    this.#said.delete(report);
    const entry = { url, fields };
    if (url === `${this.#base}/votes`) this.#said.set(report, entry);
    else if (url !== `${this.#base}/undo`) return null;
    return this.#work("readwrite", (_, votes) => {
      if (this.#said.has(report)) votes.put({ key: this.#key, report, entry, at: Date.now() });
      else votes.delete([this.#key, report]);
    }).catch(() => {}); // the outbox has it, too, until the server has it
  }

  /* Forget the records, and the pages that show them. */
  async clear() {
    this.#take(null);
    await caches.delete(Batch.#PAGES + this.#key);
    const kept = (await caches.keys()).some((name) => name.startsWith(Batch.#PAGES));
    if (!kept) await (await navigator.serviceWorker.getRegistration(this.#base))?.unregister();
    await this.#work("readwrite", (batches, votes) => {
      batches.delete(this.#key);
      votes.delete(Batch.#of(this.#key));
    });
  }

  /* Keep the pages as they are now, with all that they load. */
  async keepPages() {
    const cache = await caches.open(Batch.#PAGES + this.#key), pages = new Map(), files = new Set();
    for (const path of [this.#base, `${this.#base}/offline`]) {
      const reply = await fetch(path), html = await reply.text();
      if (!reply.ok || reply.redirected) throw new Error("The page could not be kept");
      if (path === this.#base && !html.includes('id="actions"')) continue; // nothing on it to decide with
      for (const [, file] of html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)) files.add(file);
      const headers = new Headers(reply.headers);
      for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name); // of the bytes on the wire
      pages.set(path, new Response(html.replace('id="main"', 'id="main" data-kept="yes"'), { headers }));
    }
    await cache.addAll(files);
    for (const [path, page] of pages) await cache.put(path, page);
    await navigator.serviceWorker.register("/screen/worker.js");
  }

  /* Forget pages kept for somebody else, or for another review at this address, and records whose time is over. */
  async forgetOthers() {
    const own = Batch.#PAGES + this.#key.replace(/[^:]*$/, ""); // of any stage
    for (const name of await caches.keys()) {
      if (name.startsWith(Batch.#PAGES) && !name.startsWith(own)) await caches.delete(name);
    }
    await this.#work("readwrite", async (batches, votes) => {
      const over = await Batch.#done(batches.index("until").getAllKeys(IDBKeyRange.upperBound(Date.now())));
      for (const key of over) {
        batches.delete(key);
        votes.delete(Batch.#of(key));
      }
    });
  }

  // -- the database

  static #of(key) { return IDBKeyRange.bound([key], [key, []]); } // every report

  static #done(request) {
    return new Promise((good, bad) => {
      request.onsuccess = () => good(request.result);
      request.onerror = () => bad(request.error);
    });
  }

  async #work(mode, steps) {
    const opening = indexedDB.open("review-along", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("batch", { keyPath: "key" }).createIndex("until", "until");
      opening.result.createObjectStore("said", { keyPath: ["key", "report"] });
    };
    const base = await Batch.#done(opening);
    try {
      const moves = base.transaction(["batch", "said"], mode);
      const written = new Promise((good, bad) => {
        moves.oncomplete = good;
        moves.onabort = () => bad(moves.error);
      });
      const found = await steps(moves.objectStore("batch"), moves.objectStore("said"));
      await written;
      return found;
    } finally {
      base.close();
    }
  }
}
