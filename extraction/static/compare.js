// Keys for comparing: 1 left, 2 right, 3 otherwise, j next, k back. They act on the field that has the focus.
"use strict";

(() => {
  const pairs = [...document.querySelectorAll(".pair")];
  document.documentElement.classList.add("scripted");
  if (!pairs.length) return;

  const go = (pair) => { if (pair) { pair.focus(); pair.scrollIntoView({ block: "nearest" }); } };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
      if (event.key === "Escape") event.target.closest(".pair")?.focus();
      return;
    }
    const pair = event.target.closest(".pair");
    const at = pairs.indexOf(pair);
    if (event.key === "j") go(pairs[at + 1]);
    else if (event.key === "k") go(pairs[Math.max(at - 1, 0)]);
    else if (pair && ["1", "2"].includes(event.key)) pair.querySelector(`[data-does="${event.key}"]:not(:disabled)`)?.click();
    else if (pair && event.key === "3") {
      const more = pair.querySelector(".otherwise");
      if (!more) return;
      more.open = true;
      more.querySelector("textarea, select, input:not([type=hidden])").focus();
    } else return;
    event.preventDefault();
  });

  const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const refused = document.querySelector(".refused")?.closest(".pair");
  if (refused) go(refused);
  else if (location.search.includes("done=")) go(named && named.matches(".pair") ? named : pairs[0]);
})();
