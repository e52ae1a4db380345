/* A dialog with a list to tick: digits tick, the arrows move, Enter accepts, Escape and Cancel change nothing. */
"use strict";

class Choice {
  #changed;

  /* accepted(values): what was chosen, in the list's order. changed(values): after every tick. */
  constructor(dialog, accepted, changed = () => {}) {
    this.dialog = dialog;
    this.#changed = changed;
    dialog.addEventListener("change", () => changed(this.chosen()));
    dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      accepted(this.chosen());
    });
  }

  boxes() {
    return [...this.dialog.querySelectorAll("input[type=checkbox]")];
  }

  chosen() {
    return this.boxes().filter((box) => box.checked).map((box) => box.value);
  }

  open(values) {
    for (const box of this.boxes()) box.checked = values.includes(box.value);
    this.#changed(values);
    this.dialog.showModal();
    this.boxes()[0]?.focus();
  }

  /* Say whether a key had a meaning here. */
  pressed(key) {
    const boxes = this.boxes(), digit = /^[0-9]$/.test(key), step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (!digit && !step) return false;
    const here = boxes.indexOf(document.activeElement);
    const box = digit ? boxes[(Number(key) + 9) % 10] : boxes[(here + step + boxes.length) % boxes.length];
    if (!box) return true;
    box.focus();
    if (digit) {
      box.checked = !box.checked;
      this.#changed(this.chosen());
    }
    return true;
  }
}
