/* Decisions on their way to the server: kept in this browser until the server has them, sent in order, sent again when
   that fails. Every one carries an id of its own, so the server counts it once however often it is sent. */
"use strict";

class Outbox {
  #key; #kept = null; #sending = null; #wait = 0; #timer = null;

  /* changed(count, trouble): how many are not saved, and why (null while all goes well).
     refused(entry, problem): the server said no; sending it again would not help. */
  constructor(key, changed, refused) {
    this.#key = key;
    this.changed = changed;
    this.refused = refused;
    window.addEventListener("online", () => this.retry());
  }

  entries() {
    if (this.#kept) return this.#kept;
    try {
      return JSON.parse(localStorage.getItem(this.#key) || "[]");
    } catch {
      return (this.#kept = []); // storage is switched off: keep them as long as the page lives
    }
  }

  #write(entries) {
    if (!this.#kept) {
      try {
        localStorage.setItem(this.#key, JSON.stringify(entries));
        return;
      } catch { /* full or switched off */ }
    }
    this.#kept = entries;
  }

  add(url, fields) {
    this.#write([...this.entries(), { id: crypto.randomUUID(), url, fields }]);
    return this.flush();
  }

  retry() {
    this.#wait = 0;
    return this.flush();
  }

  /* Send what is kept, oldest first; ends when nothing is left or something fails. */
  flush() {
    clearTimeout(this.#timer);
    this.#sending ??= this.#send().finally(() => { this.#sending = null; });
    return this.#sending;
  }

  async #send() {
    for (let entry; (entry = this.entries()[0]);) {
      const trouble = await this.#post(entry);
      if (trouble) {
        this.changed(this.entries().length, trouble);
        this.#wait = Math.min(this.#wait ? this.#wait * 2 : 2000, 30000);
        this.#timer = setTimeout(() => this.flush(), this.#wait);
        return;
      }
      this.#wait = 0;
      this.#write(this.entries().filter((one) => one.id !== entry.id));
    }
    this.changed(0, null);
  }

  /* Give null when the server has taken a stand, else why it could not be reached. */
  async #post(entry) {
    const body = new URLSearchParams([...entry.fields, ["client", entry.id]]);
    let reply;
    try {
      reply = await fetch(entry.url, { method: "POST", body, headers: { Accept: "application/json" } });
    } catch {
      return "The server cannot be reached";
    }
    if (reply.ok) return null;
    const problem = await reply.json().catch(() => ({ error: "The server had a problem", hint: null }));
    if (reply.status >= 500 || [401, 403, 408, 421, 429].includes(reply.status)) {
      return problem.hint ? `${problem.error}: ${problem.hint}` : problem.error;
    }
    this.refused(entry, problem);
    return null;
  }
}
