/* Criteria answered one by one: where we are, what was answered, and the verdict that follows.
   The server follows the same rule (screening.checks.follows) and refuses a verdict that does not. */
"use strict";

class Criteria {
  #items; #at = 0;

  /* reasons: the codes in the protocol's order. changed(): after every answer. */
  constructor(list, reasons, changed) {
    this.#items = [...list.querySelectorAll("li")];
    this.reasons = reasons;
    list.addEventListener("change", (event) => {
      this.#at = this.#items.indexOf(event.target.closest("li"));
      this.#onward();
      this.#reveal();
      changed();
    });
    this.changed = changed;
  }

  show(answers) {
    for (const item of this.#items) {
      for (const box of item.querySelectorAll("input")) box.checked = answers[item.dataset.criterion] === box.value;
    }
    this.#at = -1;
    this.#onward();
  }

  answers() {
    const given = this.#items.map((item) => [item.dataset.criterion, item.querySelector("input:checked")?.value]);
    return Object.fromEntries(given.filter(([, answer]) => answer));
  }

  /* Give the verdict with its reasons, or how many answers are still missing. */
  follows() {
    const answers = this.answers();
    const failed = this.#items.filter((item) => answers[item.dataset.criterion] === item.dataset.fails);
    if (failed.length) {
      const codes = failed.map((item) => item.dataset.reason);
      return { verdict: "exclude", reasons: this.reasons.filter((code) => codes.includes(code)), missing: 0 };
    }
    const missing = this.#items.length - Object.keys(answers).length;
    if (missing) return { verdict: null, reasons: [], missing };
    return { verdict: Object.values(answers).includes("unclear") ? "maybe" : "include", reasons: [], missing };
  }

  /* Answer the criterion that the cursor is on, and go on to the next open one. */
  answer(value) {
    const item = this.#items[this.#at];
    item.querySelector(`input[value=${value}]`).checked = true;
    this.#onward();
    this.#reveal();
    this.changed();
  }

  /* Go to the n-th criterion, counted from 1. */
  go(number) {
    if (!this.#items[number - 1]) return;
    this.#at = number - 1;
    this.#mark();
    this.#reveal();
  }

  current() {
    return this.#items[this.#at].querySelector("legend").innerText;
  }

  #onward() {
    const open = (item) => !item.querySelector("input:checked");
    const next = this.#items.findIndex((item, n) => n > this.#at && open(item));
    const first = next < 0 ? this.#items.findIndex(open) : next;
    this.#at = first < 0 ? Math.max(this.#at, 0) : first;
    this.#mark();
  }

  #mark() {
    for (const item of this.#items) item.removeAttribute("aria-current");
    this.#items[this.#at].setAttribute("aria-current", "true");
  }

  #reveal() {
    this.#items[this.#at].scrollIntoView({ block: "nearest" });
  }
}
