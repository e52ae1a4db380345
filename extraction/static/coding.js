/* Coding a study: what is selected in the text becomes the quote, one key per component, part and sign, Enter goes on and saves.
   Without this file the page is a form. */
"use strict";

(() => {
  document.documentElement.classList.add("scripted");
  const $ = (id) => document.getElementById(id), page = document.querySelector(".coding-page");
  if (!page) return;
  const viewer = $("pane") ? new Viewer($("pane")) : null, form = () => $("coding");
  const JSON_PLEASE = { headers: { Accept: "application/json" } };
  let taken = null, busy = false; // the quote as it came from the text; an answer is awaited

  const tell = (text) => { $("live").className = "unseen"; $("live").textContent = text; };
  const rest = () => ($("paper")?.clientHeight > 0 ? $("paper") : $("form-title"))?.focus({ preventScroll: true });
  const radios = (name) => [...form().querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  const chosen = (name) => radios(name).find((one) => one.checked);

  // -- the passage

  /* Take what is selected as the quote: by itself as long as nobody wrote into it, always when asked to. */
  function take(passage, asked) {
    const said = form()?.elements;
    if (!said || !passage || (!asked && said.quote.value.trim() && said.quote.value !== taken)) return;
    taken = said.quote.value = passage.text.replace(/(?<=\p{L})-\n(?=\p{Ll})/gu, "").replace(/\s+/g, " ").trim();
    said.place.value = passage.page;
    said.file.value = passage.file;
  }

  viewer?.on("select", (passage) => take(passage, false));
  if (form()) viewer?.on("keep", () => {
    take(viewer.selected(), true);
    viewer.view("beside");
    (chosen("component") ?? radios("component")[0])?.focus();
  });
  viewer?.on("page", (number, text) => {
    const here = [...document.querySelectorAll("#codings [data-key]")].filter(({ dataset }) =>
      dataset.file === viewer.file?.sha256 && dataset.page.replace(/^pp?\.\s*/, "") === viewer.name(number));
    viewer.mark(number, "kept", here.flatMap((item) => viewer.places(number, text, item.querySelector("blockquote")?.textContent ?? "")));
  });

  // -- what the server says

  async function ask(address, body) {
    const reply = await fetch(address, { ...JSON_PLEASE, ...(body ? { method: "POST", body: new URLSearchParams(body) } : {}) });
    const said = await reply.json().catch(() => ({ error: "The server did not answer as it should", hint: null }));
    if (!reply.ok) throw new Error([said.error, said.hint].filter(Boolean).join(". "));
    return said;
  }

  function refuse(trouble) {
    const line = document.createElement("p");
    line.className = "notice warn";
    line.textContent = `${trouble.message === "Failed to fetch" ? "The server cannot be reached" : trouble.message}. Nothing you typed is lost.`;
    $("refused").replaceChildren(line);
    $("refused").scrollIntoView({ block: "nearest" });
  }

  function listed({ list, key }) {
    $("codings").outerHTML = list;
    if (key) document.querySelector(`#codings [data-key="${CSS.escape(key)}"]`)?.classList.add("new");
    viewer?.again();
  }

  async function save() {
    if (busy) return;
    busy = true;
    try {
      const said = await ask(form().getAttribute("action"), new FormData(form())), keys = $("keys-on").checked;
      form().outerHTML = said.form;
      $("keys-on").checked = keys;
      taken = null;
      document.getSelection().empty();
      listed(said);
      tell("The coding is saved.");
      rest();
    } catch (trouble) {
      refuse(trouble);
    } finally {
      busy = false;
    }
  }

  async function change(list) {
    try {
      listed(await ask(list.getAttribute("action"), new FormData(list)));
      tell(document.querySelector("#codings .notice p")?.textContent ?? "The coding is put back.");
      $("codings-title").focus();
    } catch (trouble) {
      refuse(trouble);
    }
  }

  /* Show the form as another address of this page has it; what was written and not saved is not thrown away. */
  async function fill(address, anyway) {
    const { quote, text } = form().elements;
    if (!anyway && (text.value !== text.defaultValue || quote.value !== quote.defaultValue)) {
      refuse(new Error("Save what you are writing first, or clear it"));
      return;
    }
    const reply = await fetch(address).catch(() => null), whole = reply?.ok && new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = whole && whole.getElementById("coding");
    if (!fresh) { location.assign(address); return; }
    form().replaceWith(document.adoptNode(fresh));
    taken = null;
    form().scrollIntoView({ block: "nearest" });
    $("form-title").focus();
  }

  // -- keys

  function pick(box) {
    if (!box) return false;
    box.checked = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    box.closest(".component, .signs")?.scrollIntoView({ block: "nearest" });
    const named = box.closest(".component")?.querySelector("[name=new_theme]");
    if (named) named.focus();
    return true;
  }

  function recent(component, sub) {
    pick(radios("component").find((one) => one.value === component));
    const part = radios(`sub:${component}`).find((one) => one.value === sub);
    if (part) part.checked = true;
    return true;
  }

  /* Go to the first thing that is missing; when nothing is, save. */
  function onward() {
    const { text } = form().elements;
    const missing = [["component", "Choose what it is about."], ["polarity", "Choose what it says: +, − or 0."]].find(([name]) => !chosen(name));
    viewer?.view("beside");
    if (missing) {
      radios(missing[0])[0].focus();
      tell(missing[1]);
    } else if (text.value.trim()) form().requestSubmit();
    else text.focus();
    return true;
  }

  function act({ key, code, shiftKey, target }) {
    if (/^[1-9]$/.test(key)) return pick(radios("component")[Number(key) - 1]);
    const digit = shiftKey && /^Digit([1-5])$/.exec(code);
    const last = digit && document.querySelectorAll(".recent [data-component]")[Number(digit[1]) - 1];
    if (last) return recent(last.dataset.component, last.dataset.sub);
    if (key === "*") return pick(radios("component").at(-1));
    if (["+", "-", "0", "−"].includes(key)) return pick(radios("polarity").find((one) => one.value === key.replace("−", "-")));
    if (/^[a-z]$/.test(key)) {
      const parts = [...(chosen("component")?.closest(".component").querySelectorAll(".subs .chip") ?? [])];
      return pick(parts.find((one) => one.querySelector("kbd")?.textContent === key)?.querySelector("input"));
    }
    return key === "Enter" && !target.closest("a, button, summary") && onward();
  }

  document.addEventListener("keydown", (event) => {
    const { target, key } = event, field = target.closest?.("textarea, select, input:not([type=checkbox], [type=radio])");
    if (event.isComposing || !form()) return;
    if (key === "Enter" && form().contains(target) && (event.ctrlKey || event.metaKey || (target.name === "text" && !event.shiftKey))) {
      event.preventDefault();
      form().requestSubmit();
    } else if (key === "Escape" && field && form().contains(field)) {
      rest();
    } else if (!field && viewer?.owns(target, key)) {
      if (viewer.moved(key)) event.preventDefault();
    } else if (!field && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat && $("keys-on").checked && act(event)) {
      event.preventDefault();
    }
  });

  // -- wiring

  page.addEventListener("submit", (event) => {
    const inList = event.target.closest("#codings") && !event.target.matches(".finishing");
    if (event.target !== form() && !inList) return;
    event.preventDefault();
    if (inList) change(event.target);
    else save();
  });
  page.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a, .recent [data-component]");
    if (!link) return;
    if (link.matches("[data-component]")) recent(link.dataset.component, link.dataset.sub);
    else if (link.matches(".change, #cancel")) {
      event.preventDefault();
      fill(link.getAttribute("href"), link.id === "cancel");
    } else if (link.matches(".to-place") && viewer) {
      const item = link.closest("[data-key]");
      if (viewer.open(item.dataset.file, item.dataset.page, item.querySelector("blockquote")?.textContent)) event.preventDefault();
    }
  });
  page.addEventListener("change", ({ target }) => {
    if (target.name === "statement" && target.value) {
      const { text } = form().elements, known = [...$("statements").options].find(({ value }) => value === target.value);
      if (known && !text.value.trim()) text.value = known.textContent;
    }
    if (target.id === "keys-on") try { localStorage.setItem("review-keys", target.checked ? "on" : "off"); } catch { /* only for this page, then */ }
  });
  try { if (form()) $("keys-on").checked = localStorage.getItem("review-keys") !== "off"; } catch { /* as above */ }
})();
