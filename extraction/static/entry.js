/* One study on an entry page: what stands at each field, quotes from the full text beside it, what is asked now, keys. */
"use strict";

(() => {
  const $ = (id) => document.getElementById(id), main = $("main"), form = $("entry");
  document.documentElement.classList.add("scripted");
  const { base, kept, person } = main.dataset, viewer = new Viewer($("pane"));
  const all = () => [...form.querySelectorAll(".field")], field = (id) => $(`f-${id}`);
  const label = (fs) => fs.querySelector(".label").textContent, own = (fs, what) => fs.elements[`${what}:${fs.dataset.field}`];
  let current = null, last = "";

  function announce(text) {
    $("live").textContent = "";
    requestAnimationFrame(() => { $("live").textContent = text; });
  }

  // -- what stands at a field

  function controls(fs) { return [...fs.querySelectorAll(".value [name]")]; }

  function given(fs) {
    return controls(fs).filter((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : one.value.trim() !== ""));
  }

  const why = (fs) => own(fs, "missing")?.value ?? "";

  const empty = (fs) => given(fs).length === 0 && !why(fs);

  /* Name and value of all that stands at a field; a reason why there is no value takes the place of one. */
  function pairs(fs) {
    const id = fs.dataset.field, more = ["missing", "reason", "quote", "place", "file", "origin", "base"];
    const values = why(fs) ? [] : given(fs).map(({ name, value }) => [name, value]);
    return [...values, ...more.flatMap((what) => (own(fs, what) ? [[`${what}:${id}`, own(fs, what).value]] : []))];
  }

  const content = (list) => JSON.stringify(list.filter(([name, value]) => value && !/^(base|origin):/.test(name)));

  function fill(fs, list) {
    const id = fs.dataset.field, rows = new Set(list.map(([name]) => name.split(":")).filter(([, of, , sub]) => of === id && sub).map(([, , row]) => row));
    if (fs.querySelector(":scope > .value > template")) {
      fs.querySelector(".rows").replaceChildren();
      for (const row of rows) addRow(fs, row);
    }
    for (const one of fs.querySelectorAll(".several input:not(:first-child)")) one.remove();
    const left = [...list];
    for (const one of controls(fs)) {
      if (one.type === "radio" || one.type === "checkbox") one.checked = left.some(([name, value]) => name === one.name && value === one.value);
      else one.value = take(left, one.name);
    }
    for (const [, value] of left.filter(([name]) => name === `v:${id}` && fs.querySelector(".several"))) further(fs).value = value;
    for (const what of ["missing", "reason", "quote", "place", "file", "origin", "base"]) {
      const found = list.find(([name]) => name === `${what}:${id}`);
      if (found && own(fs, what)) own(fs, what).value = found[1];
    }
    dress(fs);
  }

  function take(left, name) {
    const at = left.findIndex(([wanted]) => wanted === name);
    return at < 0 ? "" : left.splice(at, 1)[0][1];
  }

  /* A further control of a field that takes several. */
  function further(fs) {
    const inputs = fs.querySelectorAll(".several input"), end = inputs[inputs.length - 1];
    if (!end.value) return end;
    const more = end.cloneNode();
    more.value = "";
    end.after(more);
    return more;
  }

  /* Show what follows from what stands at a field. */
  function dress(fs) {
    const text = own(fs, "quote").value.trim(), figure = fs.querySelector("figure"), place = own(fs, "place").value.trim();
    figure.hidden = !text;
    figure.querySelector("blockquote").textContent = text;
    figure.querySelector("a").textContent = /^\d+$/.test(place) ? `p. ${place}` : place || "Where?";
    fs.querySelector(".by-hand summary").textContent = text ? "Change the quote" : "Write a quote";
    fs.querySelector(".origin").hidden = !own(fs, "origin").value;
    if (fs.querySelector(".offer")) fs.querySelector(".offer").hidden = !empty(fs);
    fs.querySelector(".value").inert = Boolean(why(fs));
    fs.classList.toggle("without", Boolean(why(fs)));
    fs.querySelector(".clear").hidden = pairs(fs).every(([name, value]) => !value || name.startsWith("base:"));
    if (fs.querySelector(".several")) further(fs);
    for (const area of fs.querySelectorAll("textarea")) grow(area);
  }

  function grow(area) {
    if (CSS.supports("field-sizing", "content")) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  }

  // -- saving

  async function post(list) {
    const body = new URLSearchParams([["person", person], ...list]), id = body.get("field");
    const reply = await fetch(`${base}/field`, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: String(body).length < 8_000 });
    const said = await reply.json().catch(() => ({}));
    if (reply.ok) return said;
    const words = [said.error, said.hint].filter(Boolean).join(". ");
    if (reply.status >= 500) throw new Error(words || "the server does not answer");
    throw Object.assign(new Error(words), { status: reply.status, said: words || "it was refused", told: said, field: id });
  }

  const outgoing = new Outgoing(kept, {
    post,
    read: (id) => {
      const fs = field(id), list = pairs(fs);
      const waits = empty(fs) && list.some(([name, value]) => value && /^(quote|place|reason):/.test(name));
      return waits ? null : [["field", id], ...list];
    },
    on: {
      changed: () => showStates(),
      done: (id, reply) => {
        const fs = field(id), before = own(fs, "quote").value;
        own(fs, "base").value = reply.base;
        fs.classList.toggle("answered", reply.answered);
        refuse(fs, "");
        fs.querySelector(".again")?.remove();
        if (reply.quote && before.includes("\n") && own(fs, "quote").value === before) {
          own(fs, "quote").value = reply.quote;
          dress(fs);
        }
        tally();
      },
      refused: (id, trouble) => {
        if (trouble.told?.conflict) showBoth(field(id), trouble.told);
        else refuse(field(id), trouble.said);
      },
    },
  });

  const STATES = { saved: "All saved", saving: "Saving …", waiting: "A quote waits for its answer", refused: "Not saved: see the field",
    away: "Not sent: kept in this browser" };
  const WORDS = { saved: "saved", saving: "saving …", waiting: "waits for an answer", refused: "not saved", away: "kept in this browser" };

  function showStates() {
    const { state } = outgoing, touched = state !== "saved" || last !== "";
    if (touched && state !== last) $("saved").textContent = STATES[state];
    if (touched) last = state;
    $("saved").dataset.state = state;
    for (const fs of all()) {
      const now = outgoing.stateOf(fs.dataset.field), shown = now !== "saved" || fs.classList.contains("answered");
      fs.querySelector(".state").textContent = shown ? WORDS[now] : "";
    }
  }

  function refuse(fs, words) {
    const line = fs.querySelector(".refused"), id = line.id;
    line.textContent = words;
    for (const one of controls(fs)) {
      if (words) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
      if (words) one.setAttribute("aria-describedby", id);
      else one.removeAttribute("aria-describedby");
    }
    if (words) announce(`${label(fs)}: ${words}`);
  }

  function touched(fs) {
    dress(fs);
    asked();
    if (fs.querySelector(".both").hidden) outgoing.touch(fs.dataset.field, pairs(fs));
  }

  /* The answer is another one by now: lay both before the person, who says which counts. */
  function showBoth(fs, { conflict, quote, base: now, html }) {
    const box = fs.querySelector(".both"), there = document.createElement("p"), doing = document.createElement("p");
    there.append("In another window this was saved meanwhile: ", Object.assign(document.createElement("strong"), { textContent: conflict }));
    if (quote) there.append(Object.assign(document.createElement("blockquote"), { textContent: quote }));
    doing.className = "doing";
    const keep = button("Keep what is here", () => {
      own(fs, "base").value = now;
      box.hidden = true;
      touched(fs);
      outgoing.send(fs.dataset.field);
    });
    const take = button("Take the other", () => {
      const id = fs.dataset.field;
      fs.outerHTML = html;
      outgoing.settle(id);
      dress(field(id));
      at(field(id));
      asked();
    });
    doing.append(keep, take);
    box.replaceChildren(there, doing);
    box.hidden = false;
    announce(`${label(fs)} was changed in another window: there it is ${conflict}. Choose which one counts.`);
  }

  function button(text, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    made.addEventListener("click", act);
    return made;
  }

  // -- what a browser that was closed had not sent

  function offerLost() {
    const lost = outgoing.left().filter(([id, { pairs: list }]) => {
      const gone = !field(id) || content(list) === content(pairs(field(id)));
      if (gone) outgoing.forget(id);
      return !gone;
    });
    if (lost.length === 0) return;
    const box = $("lost"), text = document.createElement("p"), list = document.createElement("ul"), doing = document.createElement("p");
    text.textContent = `Typed before, and not sent when this page was closed:`;
    list.append(...lost.map(([id, { pairs: typed }]) => {
      const said = typed.filter(([name, value]) => value && !/^(base|file|origin|place):/.test(name)).map(([, value]) => value).join("; ");
      return Object.assign(document.createElement("li"), { textContent: `${label(field(id))}: ${said.slice(0, 300) || "emptied"}` });
    }));
    doing.className = "doing";
    doing.append(button("Put it back and save it", () => {
      for (const [id, { pairs: typed }] of lost) {
        fill(field(id), typed);
        touched(field(id));
        outgoing.send(id);
      }
      box.hidden = true;
    }), button("Throw it away", () => {
      for (const [id] of lost) outgoing.forget(id);
      box.hidden = true;
    }));
    box.replaceChildren(text, list, doing);
    box.hidden = false;
  }

  // -- what is asked now

  function value(id) {
    const fs = field(id);
    return !fs || why(fs) ? [] : given(fs).map((one) => one.value);
  }

  function applies(id, above = []) {
    const fs = field(id), conditions = fs?.dataset.when ? JSON.parse(fs.dataset.when) : [];
    if (!fs || above.includes(id)) return false;
    return conditions.every((one) => applies(one.field, [...above, id]) && one.among.some((code) => value(one.field).includes(code)));
  }

  function asked() {
    for (const fs of all()) {
      const now = applies(fs.dataset.field), note = fs.querySelector(".when strong");
      fs.dataset.applies = now ? "yes" : "no";
      fs.hidden = !now && empty(fs);
      if (note) note.hidden = now;
    }
    for (const part of form.querySelectorAll(".part")) part.hidden = !part.querySelector(".field:not([hidden])");
    tally();
  }

  const counts = (fs) => fs.dataset.applies !== "no";

  function tally() {
    const told = all().filter(counts), answered = told.filter((fs) => fs.classList.contains("answered")).length;
    $("so-far").textContent = `${answered} of ${told.length} answered`;
    $("bar").max = told.length || 1;
    $("bar").value = answered;
    for (const [at, part] of [...form.querySelectorAll(".part")].entries()) {
      const some = [...part.querySelectorAll(".field")].filter(counts), line = document.querySelector(`[data-part="${at + 1}"]`);
      line.textContent = `${some.filter((fs) => fs.classList.contains("answered")).length} of ${some.length}`;
      line.parentElement.hidden = part.hidden;
    }
    const open = told.filter((fs) => fs.dataset.required && !fs.classList.contains("answered")), list = document.createElement("ul");
    list.append(...open.map((fs) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("a"), { href: `#${fs.id}`, textContent: label(fs) }));
      return item;
    }));
    const words = Object.assign(document.createElement("p"), { textContent: "Still open, and required:" });
    $("still-open").replaceChildren(...(open.length ? [words, list] : []));
  }

  // -- rows

  function addRow(fs, key = null) {
    const id = fs.dataset.field, rows = fs.querySelector(".rows"), html = fs.querySelector(":scope > .value > template").innerHTML;
    const next = key ?? 1 + Math.max(0, ...[...rows.children].map((row) => Number(row.dataset.row) || 0));
    rows.insertAdjacentHTML("beforeend", html.replaceAll(`${id}:0:`, `${id}:${next}:`).replace('data-row="0"', `data-row="${next}"`));
    number(fs);
    return rows.lastElementChild;
  }

  function number(fs) {
    [...fs.querySelectorAll(".rows > .row")].forEach((row, at) => {
      row.setAttribute("aria-label", `Row ${at + 1}`);
      row.querySelector(".nth").textContent = at + 1;
    });
  }

  function moveRow(row, step) {
    const fs = row.closest(".field"), other = step < 0 ? row.previousElementSibling : row.nextElementSibling, had = document.activeElement;
    if (!other?.matches(".row")) return;
    if (step < 0) other.before(row);
    else other.after(row);
    if (row.contains(had)) had.focus();
    number(fs);
    touched(fs);
    announce(`Moved to row ${[...row.parentElement.querySelectorAll(":scope > .row")].indexOf(row) + 1}`);
  }

  function dropRow(row) {
    const fs = row.closest(".field"), next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    number(fs);
    touched(fs);
    (next?.querySelector("input, textarea, select") ?? fs.querySelector(".add")).focus();
    announce("Row removed.");
  }

  // -- quotes

  async function quote() {
    const chosen = await viewer.passage(), fs = current ?? all().find((one) => !one.hidden);
    if (!fs || fs.disabled) return;
    if (!chosen) {
      viewer.view("beside");
      fs.querySelector(".by-hand").open = true;
      own(fs, "quote").focus();
      return;
    }
    put(fs, chosen);
    document.getSelection().empty();
    announce(`Quote kept for ${label(fs)}, ${/^\d+$/.test(chosen.page) ? `page ${chosen.page}` : chosen.page}.`);
  }

  function put(fs, { text, page, file }) {
    own(fs, "quote").value = text.trim();
    own(fs, "place").value = page;
    own(fs, "file").value = file ?? "";
    touched(fs);
    outgoing.send(fs.dataset.field);
    viewer.again();
    fs.scrollIntoView({ block: "nearest" });
  }

  function show(file, page, words) {
    if (!file || !viewer.open(file, page, words)) {
      viewer.view("text");
      viewer.go(page, words);
    }
  }

  viewer.on("keep", () => quote()).on("page", (number, text) => {
    const words = [...all().map((fs) => [own(fs, "file").value, own(fs, "quote").value])].filter(([file, said]) => said && file === viewer.file?.sha256);
    viewer.mark(number, "kept", words.flatMap(([, said]) => viewer.places(number, text, said)));
  });

  function at(fs) {
    if (fs === current) return;
    current?.classList.remove("current");
    current = fs;
    fs.classList.add("current");
    $("for-field").textContent = `for “${label(fs).slice(0, 40)}”`;
  }

  // -- wiring

  const DO = {
    add: (fs) => addRow(fs).querySelector("input, textarea, select").focus(),
    up: (fs, row) => moveRow(row, -1),
    down: (fs, row) => moveRow(row, 1),
    drop: (fs, row) => dropRow(row),
    quote: () => quote(),
    go: (fs) => show(own(fs, "file").value, own(fs, "place").value, own(fs, "quote").value),
    take: (fs) => {
      takeOver(fs);
      start(fs); // the button is gone
      announce(`${label(fs)}: taken over from the record.`);
    },
    "take-all": (fs, row, target) => {
      const some = all().filter((each) => each.dataset.offer && empty(each));
      some.forEach(takeOver);
      target.closest(".offer-all").remove();
      if (some.length) start(some[0]);
      announce(`${some.length} fields taken over from the record.`);
    },
    confirm: (fs) => {
      touched(fs);
      outgoing.send(fs.dataset.field);
    },
    clear: (fs) => {
      fill(fs, ["missing", "reason", "quote", "place", "file", "origin"].map((what) => [`${what}:${fs.dataset.field}`, ""]));
      refuse(fs, "");
      touched(fs);
      outgoing.send(fs.dataset.field);
      start(fs);
    },
    "go-passage": (fs, row, target) => {
      const item = target.closest("li");
      show(item.dataset.file, item.dataset.page, item.querySelector("blockquote").textContent);
    },
    "use-passage": (fs, row, target) => {
      const item = target.closest("li"), to = current ?? all().find((one) => !one.hidden);
      put(to, { text: item.querySelector("blockquote").textContent, page: item.dataset.page, file: item.dataset.file });
      announce(`Quote kept for ${label(to)}.`);
    },
  };

  function takeOver(fs) {
    fill(fs, [...JSON.parse(fs.dataset.offer), [`origin:${fs.dataset.field}`, "record"]]);
    touched(fs);
    outgoing.send(fs.dataset.field);
  }

  function start(fs) {
    viewer.view("beside");
    fs.scrollIntoView({ block: "center" });
    (fs.querySelector(".value :is(:checked, input, textarea, select, .add)") ?? fs.querySelector("select, button"))?.focus({ preventScroll: true });
  }

  function next(step) {
    const shown = all().filter((fs) => !fs.hidden), from = current ? shown.indexOf(current) : step > 0 ? -1 : shown.length;
    const order = step > 0 ? [...shown.slice(from + 1), ...shown.slice(0, from + 1)] : [...shown.slice(0, Math.max(from, 0)).reverse(), ...shown.slice(Math.max(from, 0)).reverse()];
    const open = order.find((fs) => counts(fs) && !fs.classList.contains("answered") && empty(fs));
    if (open) start(open);
    else announce("Nothing is open any more.");
  }

  form.addEventListener("input", ({ target }) => {
    const fs = target.closest(".field");
    if (!fs) return;
    if (target.closest(".value")) own(fs, "origin").value = "";
    touched(fs);
    if (target.matches("select, [type=radio], [type=checkbox]")) outgoing.send(fs.dataset.field);
  });
  form.addEventListener("focusin", ({ target }) => { if (target.closest(".field")) at(target.closest(".field")); });
  form.addEventListener("focusout", ({ target, relatedTarget }) => {
    const fs = target.closest(".field");
    if (fs && !fs.contains(relatedTarget)) outgoing.send(fs.dataset.field);
  });
  form.addEventListener("pointerdown", (event) => { if (event.target.closest('[data-do="quote"]')) event.preventDefault(); }); // the selection stays
  form.addEventListener("click", (event) => {
    const target = event.target.closest("[data-do]"), fs = event.target.closest(".field");
    if (fs && !fs.disabled) at(fs);
    if (event.target.closest("legend") && fs) start(fs);
    if (!target || !DO[target.dataset.do]) return;
    event.preventDefault();
    DO[target.dataset.do](fs, target.closest(".row"), target);
  });
  form.addEventListener("submit", (event) => event.preventDefault()); // what stands here is saved as one goes
  $("moves").addEventListener("submit", (event) => {
    if (outgoing.state === "saved") return;
    event.preventDefault();
    outgoing.flush().then(() => {
      if (outgoing.state === "saved") $("moves").requestSubmit(event.submitter);
      else announce(STATES[outgoing.state]);
    });
  });
  $("to-next").addEventListener("click", () => next(1));
  $("help").addEventListener("click", () => $("keys").showModal());
  $("index").addEventListener("click", ({ target }) => {
    if (target.closest("a")) $("index").open = false;
  });
  addEventListener("pagehide", () => { outgoing.flush(); });

  const ALT = {
    KeyJ: ({ shiftKey }) => next(shiftKey ? -1 : 1),
    KeyQ: () => quote(),
    KeyM: ({ target }) => (target.closest?.(".cell")?.querySelector(".why-none") ?? (current && own(current, "missing")))?.focus(),
    KeyT: () => viewer.enter(current?.querySelector(".value :is(:checked, input, textarea, select)") ?? document.querySelector(".desk h1")),
    KeyK: () => $("keys").showModal(),
    PageDown: () => viewer.scroll(1),
    PageUp: () => viewer.scroll(-1),
    Equal: () => current?.querySelector(".add")?.click(),
    NumpadAdd: () => current?.querySelector(".add")?.click(),
    ArrowUp: ({ target }) => target.closest?.(".of-group .row, .of-counts .row") && moveRow(target.closest(".row"), -1),
    ArrowDown: ({ target }) => target.closest?.(".of-group .row, .of-counts .row") && moveRow(target.closest(".row"), 1),
  };

  document.addEventListener("keydown", (event) => {
    const { altKey, ctrlKey, metaKey, key, code, target } = event;
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "f") {
      if (viewer.find()) event.preventDefault();
    } else if (altKey && !ctrlKey && !metaKey && ALT[code]) {
      event.preventDefault();
      ALT[code](event);
    } else if (!altKey && !ctrlKey && !metaKey && viewer.owns(target, key)) {
      if (viewer.moved(key)) event.preventDefault();
    } else if (key === "?" && !target.closest("input, textarea, select")) {
      $("keys").showModal();
    }
  });

  asked();
  for (const fs of all()) dress(fs);
  showStates();
  if (!form.querySelector(".field")?.disabled) offerLost();
})();
