/* What the screening page and the page about records taken along share: one outbox, one batch, whether the server can be
   reached, and the notices that tell of them. The page's own script sets along.on. */
"use strict";

const along = (() => {
  const $ = (id) => document.getElementById(id);
  const { base, outbox: key, kept } = $("main").dataset;
  const AWAY = [502, 503, 504], DID = { include: "Include", exclude: "Exclude", maybe: "Maybe" };
  const many = (n) => `${n.toLocaleString("en")} ${n === 1 ? "decision" : "decisions"}`;
  const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;
  const moment = (at) => new Date(at).toLocaleString("en-GB",
    { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

  const on = { refused() {}, heard() {}, changed() {} };
  const batch = new Batch(key, base);
  let away = Boolean(kept), trouble = null, waited = false, told = 0; // some had to wait; so many are known to be saved
  let opened = false;

  const outbox = new Outbox(key, {
    changed(why, gone) {
      trouble = why;
      if (gone !== null) away = gone;
      if (trouble) waited = true;
      else settle();
      paint();
    },
    refused(entry) {
      paintRefused();
      on.refused(entry);
    },
    added(entry, elsewhere) {
      $("saved").hidden = true;
      const noted = opened ? batch.note(entry) : ready.then(() => batch.note(entry));
      if (elsewhere) on.heard(entry);
      paint();
      return noted;
    },
  });

  function settle() {
    const saved = outbox.saved - told;
    if (waited && saved) say(`Saved: ${many(saved)}.`);
    waited = false;
    told = outbox.saved;
    finish();
  }

  function say(text) {
    $("saved").textContent = text;
    $("saved").hidden = false;
  }

  function paint() {
    const count = outbox.entries().length, offline = away && batch.total > 0;
    $("main").classList.toggle("offline", offline);
    $("unsaved").hidden = !trouble && !offline;
    $("unsaved").classList.toggle("warn", !offline || !outbox.lasting);
    $("unsaved").querySelector("p").textContent = offline ? withBatch(count) : trouble ? without(count) : "";
    on.changed();
  }

  function withBatch(count) {
    const waits = count ? `${many(count)} ${count === 1 ? "waits" : "wait"} in this browser` : "what you decide waits in this browser";
    return `Offline: ${batch.left.length} of ${batch.total} taken along left; ${waits}${outbox.lasting ? "" : unkept}.`;
  }

  function without(count) {
    const what = `${many(count)} ${count === 1 ? "is" : "are"} not saved yet. ${trouble}`;
    return outbox.lasting ? `${what}. Go on: they are kept in this browser and sent again by themselves.` : `${what}${unkept}.`;
  }

  const unkept = ", and the browser's storage is full or switched off: leave this page open until they are saved";

  /* What was refused stays on the page, and comes back with the next one, until it was seen. */
  function paintRefused() {
    const list = outbox.refusals();
    $("refused").hidden = list.length === 0;
    $("refused-title").textContent = `${many(list.length)} ${list.length === 1 ? "was" : "were"} not taken`;
    $("refused").querySelector("ul").replaceChildren(...list.map(({ url, fields, about, problem }) => {
      const sent = new URLSearchParams(fields), item = document.createElement("li"), link = document.createElement("a");
      const name = document.createElement("bdi"), what = url.endsWith("/tags") ? "Tags" : DID[sent.get("verdict")] || "Take back";
      link.href = `${base}?report=${sent.get("report")}`;
      name.textContent = about || `record ${sent.get("report")}`;
      link.append(name);
      item.append(`${what}: `, link, `. ${[problem.error, problem.hint].filter(Boolean).map(sentence).join(" ")}`);
      return item;
    }));
  }

  /* Clear what is used up, or is others' again. */
  async function finish() {
    if (!batch.total || (!batch.expired && (batch.left.length || outbox.entries().length))) return;
    say(batch.expired
      ? `What you took along was yours until ${moment(batch.until)}; ${batch.left.length} of ${batch.total} were left and are no longer kept here.`
      : `You are through with the ${batch.total.toLocaleString("en")} records that you took along.`);
    await batch.clear();
    paint();
  }

  async function tend() {
    await finish();
    if (kept) return;
    await batch.forgetOthers();
    if (batch.total) await batch.keepPages();
  }

  // -- the server

  /* A network that is there and brings nothing counts as none: at once for the next records when there are others. */
  async function reach(path, options) {
    const patience = path === "/ahead" && batch.total ? 8000 : 120000; // ms
    let reply = null;
    try {
      reply = await fetch(base + path,
        { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(patience), ...options });
    } catch { /* no way there */ }
    const gone = reply === null || AWAY.includes(reply.status);
    if (gone !== away) {
      away = gone;
      paint();
    }
    if (gone) throw new Error("The server cannot be reached");
    const said = await reply.json();
    if (!reply.ok) throw new Error(said.error);
    return said;
  }

  const ask = (path) => reach(path, {});
  const post = (path, fields) => reach(path, { method: "POST", body: new URLSearchParams(fields) });

  $("unsaved").querySelector("button").addEventListener("click", () => {
    outbox.retry();
    if (outbox.entries().length === 0) ask("/progress").catch(() => {});
  });
  window.addEventListener("online", () => { if (away) ask("/progress").catch(() => {}); });
  $("refused").querySelector("button").addEventListener("click", () => {
    for (const { id } of outbox.refusals()) outbox.seen(id);
    paintRefused();
  });
  paintRefused();

  const before = outbox.entries(); // of an earlier sitting
  waited = before.length > 0;
  outbox.flush();
  // whoever leaves a page at once after a decision leaves before it is noted in the batch
  const ready = batch.open().then(() => {
    opened = true;
    for (const entry of before) batch.note(entry);
  });
  ready.then(paint).then(tend).catch(() => {}); // a browser that keeps no pages, or no network just now

  return { on, outbox, batch, ask, post, ready, moment, kept: Boolean(kept), get away() { return away; } };
})();
