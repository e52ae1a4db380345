/* The page about records taken along: take them, give the rest back, say what this browser keeps. */
"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  const { outbox, batch, post } = along;
  const { base, outbox: key, person, days } = $("main").dataset;
  const DAY = 24 * 3600 * 1000;

  function paint() {
    const some = batch.total > 0, waiting = outbox.entries().length;
    $("none").hidden = some;
    $("some").hidden = !some;
    $("left").textContent = `${batch.left.length} of ${batch.total} left`;
    $("until").textContent = along.moment(batch.until);
    $("waiting").textContent = waiting === 0 ? "No decision waits in this browser."
      : waiting === 1 ? "1 decision waits in this browser." : `${waiting} decisions wait in this browser.`;
    $("discard").hidden = waiting === 0;
    const others = ofOthers();
    $("others").hidden = others === 0;
    $("others").textContent = `${others === 1 ? "1 decision of another person waits" : `${others} decisions of other people wait`}` +
      " in this browser, to be saved when that person opens the screening page here.";
  }

  function ofOthers() {
    const own = key.replace(/[^:]*$/, ""); // of any stage
    try {
      return Object.keys(localStorage).filter((name) => /^review-outbox:.*:waiting:/.test(name) && !name.startsWith(own)).length;
    } catch {
      return 0;
    }
  }

  function say(trouble) {
    $("trouble").textContent = trouble;
    $("trouble").hidden = !trouble;
  }

  async function take() {
    const why = impossible();
    if (why) throw new Error(why);
    await outbox.flush();
    if (outbox.entries().length) throw new Error("Decisions made here are not saved yet: that comes first");
    const until = Date.now() + days * DAY, { cards } = await post("/offline", [["person", person]]);
    if (cards.length === 0) throw new Error("No record waits for you at this stage");
    try {
      await batch.keep(cards.map(({ report, html }) => [report, html]), until);
      await batch.keepPages();
    } catch (trouble) {
      await batch.clear().catch(() => {});
      await post("/offline/rest", [["person", person], ["reports", cards.map(({ report }) => report).join(",")]]);
      throw new Error(`Nothing was taken along: ${reason(trouble)}`);
    }
    paint();
    $("left").focus();
  }

  function impossible() {
    if ("serviceWorker" in navigator && "caches" in window) return null;
    return window.isSecureContext
      ? "Not possible in this window: the browser keeps no pages for use without a network here (a private window, or its settings)"
      : "Not possible under this address: browsers keep pages for use without a network only from https:// and from their own computer";
  }

  function reason(trouble) {
    if (trouble?.name === "QuotaExceededError") return "this browser's storage is full";
    return trouble instanceof DOMException ? "this browser's storage is switched off" : "the pages could not be kept in this browser";
  }

  async function giveBack() {
    try {
      await post("/offline/rest", [["person", person], ["reports", batch.left.join(",")]]);
    } catch (trouble) {
      const otherwise = `others are handed the records from ${along.moment(batch.until)} on`;
      if (!window.confirm(`${trouble.message}. Clear them from this browser anyway? Then ${otherwise}.`)) return;
    }
    await batch.clear();
  }

  function press(id, act) {
    $(id).addEventListener("click", async () => {
      const label = $(id).textContent;
      $(id).disabled = true;
      $(id).textContent = "One moment …";
      say("");
      await act().catch((trouble) => say(`${trouble.message}.`));
      $(id).disabled = false;
      $(id).textContent = label;
      paint();
    });
  }

  press("take", take);
  press("return", giveBack);
  press("discard", async () => {
    if (!window.confirm("Decisions that are not saved yet would be lost for good. Discard them?")) return;
    for (const { fields } of outbox.entries()) batch.note({ url: `${base}/undo`, fields }); // to be decided on again
    outbox.discard();
  });
  along.on.changed = paint;
  along.ready.then(paint);
})();
