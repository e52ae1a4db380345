/* Keys for judging pairs. The buttons and forms do the work, with htmx or without; this only presses them. */
"use strict";

(() => {
  const SETTLE = 500; // milliseconds in which a new pair takes no verdict: the second half of a double press or click
  const $ = (id) => document.getElementById(id);
  document.documentElement.classList.add("scripted");
  let shown = -SETTLE;

  const fields = () => [...document.querySelectorAll("#pair tr.differing")];
  const say = (text) => { $("live").textContent = text; };
  const settling = () => performance.now() - shown < SETTLE;

  const here = () => fields().findIndex((row) => row.contains(document.activeElement));

  function move(step) {
    const rows = fields(), at = here();
    if (rows.length === 0) return;
    const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
    (rows[to].querySelector("input:checked") || rows[to]).focus({ focusVisible: true });
    rows[to].scrollIntoView({ block: "nearest" });
  }

  function choose(side) {
    const row = fields()[here()];
    if (!row) return move(1);
    const boxes = row.querySelectorAll("input[type=radio]"), box = boxes[side];
    if (!box) return say(`${row.dataset.label}: there is one value only.`);
    box.checked = true;
    box.focus({ focusVisible: true });
    return say(box.closest("label").textContent);
  }

  const press = (selector) => () => document.querySelector(selector)?.click();

  const KEYS = {
    d: press("#judge [value=same]"), k: press("#judge [value=different]"), s: press("#judge [value=study]"),
    u: () => $("back").requestSubmit(), n: press("#later"),
    arrowup: () => move(-1), arrowdown: () => move(1), arrowleft: () => choose(0), arrowright: () => choose(1),
    "?": () => $("sheet").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !$("keys-on").checked) return;
    if (document.querySelector("dialog[open]") || event.target.closest?.("textarea, select, summary")) return;
    const key = event.key.toLowerCase(), act = KEYS[key];
    if (!act || (event.repeat && !key.startsWith("arrow"))) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".verdict, #later") && settling()) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.target.closest?.("#help")) {
      $("sheet").showModal();
    }
  }, true);

  document.addEventListener("htmx:beforeRequest", () => { $("problem").textContent = ""; });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "pair" && !event.detail.elt?.matches?.("#pair")) return;
    shown = performance.now();
    setTimeout(() => { $("pair").dataset.ready = "yes"; }, SETTLE);
    window.scrollTo(0, 0);
    document.querySelector("#pair h1").focus({ preventScroll: true });
    say(`${document.querySelector("#said p")?.textContent || ""} ${$("position").textContent}`.trim());
  });
  document.addEventListener("htmx:sendError", () => say("That did not reach the program. Is review serve still running?"));

  const remembered = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* only for this page, then */ } };
  $("keys-on").checked = remembered("review-keys") !== "off";
  $("keys-on").addEventListener("change", () => remember("review-keys", $("keys-on").checked ? "on" : "off"));
})();
