/* What is typed on an entry page on its way to the server. Each field is kept in this browser until the server has it: a second
   after the last key, at once when the field is left, again and again while the server cannot be reached. */
"use strict";

class Outgoing {
  static #PAUSE = 1000; static #AGAIN = 10_000;
  #kept; #post; #read; #on; #timers = new Map(); #under = new Map(); #dirty = new Set(); #stuck = new Map(); // field -> why

  /* kept: what the names in localStorage begin with. post(pairs): sends a field, gives the reply or throws {status, said}.
     read(field): its pairs, null when it cannot be sent yet. on: changed(), done(field, reply), refused(field, said). */
  constructor(kept, { post, read, on }) {
    this.#kept = kept;
    this.#post = post;
    this.#read = read;
    this.#on = on;
    addEventListener("online", () => this.#retry());
    setInterval(() => this.#retry(), Outgoing.#AGAIN);
  }

  /* What an earlier page could not send: [field, {pairs, at}]. */
  left() {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(this.#kept))
        .map((name) => [name.slice(this.#kept.length), JSON.parse(localStorage.getItem(name))]);
    } catch { return []; }
  }

  forget(field) { try { localStorage.removeItem(this.#kept + field); } catch { /* nothing was kept, then */ } }

  /* The field stands as the server has it. */
  settle(field) {
    clearTimeout(this.#timers.get(field));
    this.#dirty.delete(field);
    this.#stuck.delete(field);
    this.forget(field);
    this.#on.changed();
  }

  /* Something was typed at a field. */
  touch(field, pairs) {
    this.#dirty.add(field);
    this.#stuck.delete(field);
    try {
      localStorage.setItem(this.#kept + field, JSON.stringify({ pairs, at: new Date().toISOString() }));
    } catch { /* full, or not allowed: it is sent all the same */ }
    clearTimeout(this.#timers.get(field));
    this.#timers.set(field, setTimeout(() => this.send(field), Outgoing.#PAUSE));
    this.#on.changed();
  }

  /* Send a field now, if it is not as the server has it. One request at a time: a second one would be made from an old state. */
  send(field) {
    clearTimeout(this.#timers.get(field));
    if (!this.#dirty.has(field) || this.#stuck.get(field)?.final) return this.#under.get(field) ?? Promise.resolve();
    if (!this.#under.has(field)) {
      this.#under.set(field, Promise.resolve().then(() => this.#run(field)).finally(() => {
        this.#under.delete(field);
        this.#on.changed();
      }));
    }
    return this.#under.get(field);
  }

  async #run(field) {
    while (this.#dirty.has(field)) {
      const pairs = this.#read(field);
      if (pairs === null) return this.#hold(field, { waits: true });
      this.#dirty.delete(field);
      this.#on.changed();
      try {
        const reply = await this.#post(pairs);
        this.#stuck.delete(field);
        this.#on.done(field, reply);
        if (!this.#dirty.has(field)) this.forget(field);
      } catch (trouble) {
        const typed = this.#dirty.has(field);
        this.#dirty.add(field);
        if (trouble.status === 422 && typed) continue; // it says something else by now
        this.#hold(field, { final: Boolean(trouble.status) && trouble.status !== 401, said: trouble.said ?? trouble.message });
        if (trouble.status) this.#on.refused(field, trouble);
        return undefined;
      }
    }
    return undefined;
  }

  #hold(field, why) { this.#stuck.set(field, why); }

  #retry() { for (const [field, { final, waits }] of this.#stuck) if (!final && !waits) this.send(field); }

  async flush() { await Promise.all([...this.#dirty].map((field) => this.send(field))); }

  /* "saved", "saving", "waiting" for something at the page, "refused", or "away" when the server cannot be reached. */
  get state() {
    const stuck = [...this.#stuck.values()];
    if (stuck.some(({ final, waits }) => !final && !waits)) return "away";
    if (stuck.some(({ final }) => final)) return "refused";
    if (this.#under.size || [...this.#dirty].some((field) => !this.#stuck.has(field))) return "saving";
    return stuck.length ? "waiting" : "saved";
  }

  stateOf(field) {
    const stuck = this.#stuck.get(field);
    if (stuck) return stuck.final ? "refused" : stuck.waits ? "waiting" : "away";
    return this.#dirty.has(field) || this.#under.has(field) ? "saving" : "saved";
  }
}
