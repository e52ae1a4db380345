/* Keys on a conflict: what it ends with, reasons by digits, Enter resolves; without this file the page is a form. */
"use strict";

(() => {
  document.documentElement.classList.add("scripted");
  const page = document.querySelector(".disputes[data-keys]");
  if (!page) return;
  const bound = JSON.parse(page.dataset.keys), form = document.getElementById("resolve"), on = document.getElementById("keys-on");

  const pick = (verdict) => {
    const box = form?.querySelector(`[value="${verdict}"]`);
    if (!box) return;
    box.checked = true;
    box.focus();
    form.scrollIntoView({ block: "nearest" });
  };
  const write = (id) => {
    const field = document.getElementById(id);
    field?.focus();
    field?.scrollIntoView({ block: "nearest" });
  };
  const go = (step) => page.querySelector(`[data-does="${step}"]`)?.click();
  const ACTS = {
    include: () => pick("include"), exclude: () => pick("exclude"), note: () => write("end-note"),
    comment: () => write("speak-new"), previous: () => go("previous"), next: () => go("next"),
  };

  function tick(digit) {
    const box = form?.querySelectorAll("[name=reason]")[(Number(digit) + 9) % 10];
    if (!box || !form.querySelector("[value=exclude]").checked) return false;
    box.checked = !box.checked;
    box.focus();
    return true;
  }

  /* Said beside the reasons, before anything is sent; the server would refuse it too. */
  form?.addEventListener("submit", (event) => {
    const due = form.dataset.required && form.verdict.value === "exclude" && !form.querySelector("[name=reason]:checked");
    form.querySelector(".refused")?.replaceChildren(due ? "Choose at least one reason." : "");
    if (!due) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || !on.checked) return;
    if (event.target.closest?.("textarea, select, input:not([type=checkbox], [type=radio])")) return;
    if (/^[0-9]$/.test(event.key)) {
      if (tick(event.key)) event.preventDefault();
      return;
    }
    if (event.key === "Enter" && form && event.target.closest?.("input[type=checkbox]") && form.contains(event.target)) {
      event.preventDefault(); // browsers send a form from a radio button, not from every box
      form.requestSubmit();
      return;
    }
    const radio = event.target.matches?.("[type=radio]") && event.key.startsWith("Arrow"); // arrows choose there
    const act = ACTS[bound[event.key.toLowerCase()]];
    if (!act || radio) return;
    event.preventDefault();
    act();
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "problem") event.target.scrollIntoView({ block: "center" });
  });

  try { on.checked = localStorage.getItem("review-keys") !== "off"; } catch { /* only for this page, then */ }
  on.addEventListener("change", () => { try { localStorage.setItem("review-keys", on.checked ? "on" : "off"); } catch { /* as above */ } });
})();
