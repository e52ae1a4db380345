/* One record after the other: keys, the next records fetched ahead, and a vote that shows at once and is saved behind. */
"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  const main = $("main"), actions = $("actions");
  document.documentElement.classList.add("scripted");
  if (!actions) return;

  const base = main.dataset.base, person = actions.person.value, AHEAD = 8, LOW = 5, RECOUNT = 10;
  const reasonTexts = new Map([...$("reasons").querySelectorAll("li")].map((li) => [
    li.querySelector("input").value, li.querySelector("label > span").textContent]));
  const VERBS = { include: "included", exclude: "excluded", maybe: "marked as maybe" };
  const LABELS = { include: "Included", exclude: "Excluded", maybe: "Maybe" };

  let mine = Number(main.dataset.mine), left = Number(main.dataset.left), forecast = main.dataset.forecast;
  const cards = new Map(); // report -> the card's HTML
  const votes = new Map(); // report -> {verdict, reasons, note}, as this page knows it
  const drafts = new Map(); // report -> a note not yet sent with a vote
  const skipped = new Set(); // passed over with the arrow
  let queue = [], trail = [], at = -1, mineHere = []; // what comes; what was shown and where we are; my votes in order
  let exhausted = false, fetching = null, moving = false, changes = 0, counted = 0;

  const outbox = new Outbox(main.dataset.outbox, (count, trouble) => {
    $("unsaved").hidden = !trouble;
    if (trouble) {
      const what = count === 1 ? "1 decision is not saved yet" : `${count} decisions are not saved yet`;
      $("unsaved").querySelector("p").textContent =
        `${what}. ${trouble}. Go on: they are kept in this browser and sent again by themselves.`;
    }
  }, (entry, problem) => {
    const report = Number(new URLSearchParams(entry.fields).get("report"));
    if (votes.delete(report)) count(-1);
    mineHere = mineHere.filter((one) => one !== report);
    say(`Not saved: ${problem.error}. ${problem.hint || ""}`, { report, label: "Go to the record" });
    paint();
  });

  // -- what is shown

  const current = () => trail[at];

  function learn(article) {
    const report = Number(article.dataset.report);
    if (article.dataset.verdict && !votes.has(report)) {
      votes.set(report, { verdict: article.dataset.verdict, reasons: article.dataset.reasons.split(" ").filter(Boolean),
        note: article.dataset.note });
    }
    return report;
  }

  function put(report) {
    const record = $("record");
    record.innerHTML = cards.get(report); // made by our server, every value escaped
    learn(record.querySelector("article"));
    actions.report.value = report;
    $("previous").href = `${base}?before=${report}`;
    $("next").href = `${base}?after=${report}`;
    paint();
    window.scrollTo(0, 0);
    record.querySelector("h1").focus({ preventScroll: true });
  }

  function position() {
    const rest = `${left.toLocaleString("en")} left${forecast && left ? ` · ${forecast}` : ""}`;
    if (votes.has(current())) return `Looking back · ${rest}`;
    return `Record ${(mine + 1).toLocaleString("en")} of ${(mine + left).toLocaleString("en")} · ${rest}`;
  }

  function paint() {
    const vote = votes.get(current()), article = $("record").querySelector("article");
    if (!article) return;
    const text = article.querySelector(".mine"), note = article.querySelector(".note");
    const why = (vote?.reasons || []).map((code) => reasonTexts.get(code) || code).join("; ");
    text.hidden = !vote;
    text.textContent = vote ? `You ${VERBS[vote.verdict]} this record${why ? `: ${why}` : ""}.` : "";
    const noted = drafts.get(current()) ?? vote?.note ?? "";
    note.hidden = !noted;
    note.querySelector(".note-text").textContent = noted;
    for (const button of actions.querySelectorAll(".verdict")) {
      button.setAttribute("aria-pressed", String(vote?.verdict === button.value));
    }
    $("position").textContent = position();
    $("bar").max = Math.max(mine + left, 1);
    $("bar").value = mine;
  }

  function say(text, offer) {
    const said = $("said");
    said.textContent = text;
    if (offer) {
      const link = document.createElement("a");
      link.href = `${base}?report=${offer.report}`;
      link.textContent = offer.label;
      said.append(" ", link);
    }
  }

  /* Tell people who do not see the page; the heading, which takes the focus, says the title. */
  function announce(text) {
    $("live").textContent = `${text ? `${text}. ` : ""}${position().split(" · ")[0]}`;
  }

  function count(step) {
    mine += step;
    left -= step;
    changes += 1;
  }

  // -- what comes

  async function ask(path) {
    return told(await fetch(base + path, { headers: { Accept: "application/json" } }));
  }

  async function post(path, fields) {
    return told(await fetch(base + path,
      { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(fields) }));
  }

  async function told(reply) {
    const said = await reply.json();
    if (!reply.ok) throw new Error(said.error);
    return said;
  }

  function refill() {
    if (exhausted || queue.length >= LOW) return Promise.resolve();
    fetching ??= (async () => {
      const unsent = outbox.entries().map((entry) => Number(new URLSearchParams(entry.fields).get("report")));
      const holding = [...new Set([current(), ...queue, ...unsent, ...skipped])];
      const sent = await post("/ahead", [["count", AHEAD], ["holding", holding.join(",")]]);
      for (const { report, html } of sent.cards) {
        cards.set(report, html);
        if (!holding.includes(report) && !queue.includes(report)) queue.push(report);
      }
      exhausted = sent.cards.length < AHEAD;
    })().finally(() => { fetching = null; });
    return fetching;
  }

  /* Counting takes the server longer than a record: ask now and then, and believe it only when nothing is under way. */
  async function recount() {
    if (changes - counted < RECOUNT) return;
    counted = changes;
    await outbox.flush();
    const before = changes, sent = await ask("/progress");
    forecast = sent.forecast || "";
    if (before === changes && outbox.entries().length === 0) ({ mine, left } = sent);
    paint();
  }

  /* Begin again at the front: what was passed over, or came in meanwhile. */
  async function again() {
    skipped.clear();
    exhausted = false;
    while (!exhausted && queue.length === 0) await refill();
  }

  async function show(report) {
    if (!cards.has(report)) cards.set(report, (await ask(`/card?report=${report}`)).html);
    put(report);
  }

  async function forward() {
    if (at < trail.length - 1) {
      at += 1;
      return show(current());
    }
    while (queue.length === 0 && !exhausted) await refill();
    if (queue.length === 0) await again();
    queue = queue.filter((report) => !votes.has(report));
    const report = queue.shift();
    if (report === undefined || report === current()) return finish();
    trail.push(report);
    at = trail.length - 1;
    put(report);
    refill().then(recount).catch(() => {});
    return undefined;
  }

  async function finish() {
    if (!votes.has(current())) return say("This is the last record that waits for you.");
    await outbox.flush();
    if (outbox.entries().length === 0) location.href = base;
    else say("Everything is decided; the last decisions are still on their way.");
    return undefined;
  }

  /* One move at a time: a key pressed while the next record is on its way must not decide on the old one. */
  async function guarded(move) {
    if (moving) return;
    moving = true;
    try {
      await move();
    } catch (trouble) {
      say(`That did not work (${trouble.message}). Try again.`);
    } finally {
      moving = false;
    }
  }

  // -- what the person does

  function cast(verdict, reasons) {
    const report = current(), note = drafts.get(report) ?? votes.get(report)?.note ?? "";
    if (!votes.has(report)) count(1);
    votes.set(report, { verdict, reasons, note });
    drafts.delete(report);
    skipped.delete(report);
    mineHere = [...mineHere.filter((one) => one !== report), report];
    const fields = [["person", person], ["report", report], ["verdict", verdict], ...reasons.map((code) => ["reason", code])];
    outbox.add(`${base}/votes`, note ? [...fields, ["note", note]] : fields);
  }

  const vote = (verdict, reasons = []) => guarded(async () => {
    const title = $("record").querySelector("h1").textContent;
    cast(verdict, reasons);
    say(`${LABELS[verdict]}: ${title}`);
    await forward();
    announce(LABELS[verdict]);
  });

  async function undo() {
    let report = mineHere.pop();
    if (report === undefined) {
      report = await undoEarlier();
      if (report === null) return say("There is nothing left to take back.");
    } else {
      outbox.add(`${base}/undo`, [["person", person], ["report", report]]);
    }
    if (votes.delete(report)) count(-1);
    const known = trail.lastIndexOf(report);
    if (known >= 0) at = known;
    else trail.splice(at, 0, report);
    await show(report);
    say("Taken back: decide again, or go on with the arrow keys.");
    return announce("Taken back");
  }

  /* Take back the newest vote of an earlier sitting: only the server knows which one that is. */
  async function undoEarlier() {
    await outbox.flush();
    const { report } = await post("/undo", [["person", person]]);
    if (report !== null) {
      cards.delete(report);
      if (!votes.has(report)) count(-1);
    }
    return report;
  }

  async function back() {
    if (at > 0) {
      at -= 1;
      await show(current());
    } else {
      const sent = await ask(`/card?before=${current()}`);
      if (sent.report === null) return say("This is the first record.");
      cards.set(sent.report, sent.html);
      trail.unshift(sent.report);
      put(sent.report);
    }
    return announce("");
  }

  async function on() {
    if (!votes.has(current())) skipped.add(current());
    await forward();
    announce("");
  }

  function chooseReasons() {
    if (reasonTexts.size === 0) return vote("exclude");
    const chosen = votes.get(current())?.verdict === "exclude" ? votes.get(current()).reasons : [];
    for (const box of $("reasons").querySelectorAll("input")) box.checked = chosen.includes(box.value);
    $("reasons").querySelector(".refused").textContent = "";
    return $("reasons").showModal();
  }

  function writeNote() {
    $("note-field").value = drafts.get(current()) ?? votes.get(current())?.note ?? "";
    $("noting").showModal();
  }

  const remembered = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* only for this page, then */ } };

  function highlight(shown) {
    main.classList.toggle("plain", !shown);
    $("highlights").setAttribute("aria-pressed", String(shown));
    remember("review-highlights", shown ? "on" : "off");
  }

  // -- wiring

  const KEYS = {
    i: () => vote("include"), m: () => vote("maybe"), e: () => chooseReasons(), u: () => guarded(undo), n: writeNote,
    h: () => highlight(main.classList.contains("plain")), "?": () => $("sheet").showModal(),
    arrowleft: () => guarded(back), arrowright: () => guarded(on),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const field = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (field || !$("keys-on").checked) return;
    const open = document.querySelector("dialog[open]");
    if (open) {
      if (open.id === "reasons" && /^[0-9]$/.test(event.key)) {
        const box = open.querySelectorAll("input")[(Number(event.key) + 9) % 10];
        if (box) {
          box.checked = !box.checked;
          box.focus();
        }
        event.preventDefault();
      }
      return;
    }
    const act = KEYS[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });

  actions.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button?.id === "undo") guarded(undo);
    else if (button?.value === "exclude") chooseReasons();
    else if (button) vote(button.value);
  });
  $("previous").addEventListener("click", (event) => { event.preventDefault(); guarded(back); });
  $("next").addEventListener("click", (event) => { event.preventDefault(); guarded(on); });
  $("note").addEventListener("click", writeNote);
  $("highlights").addEventListener("click", KEYS.h);
  $("help").addEventListener("click", KEYS["?"]);
  $("unsaved").querySelector("button").addEventListener("click", () => outbox.retry());
  for (const button of document.querySelectorAll("dialog .close")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }

  $("reasons").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const reasons = [...$("reasons").querySelectorAll("input:checked")].map((box) => box.value);
    if (reasons.length === 0 && $("reasons").dataset.required) {
      $("reasons").querySelector(".refused").textContent = "Choose at least one reason.";
      return;
    }
    $("reasons").close();
    vote("exclude", reasons);
  });

  $("noting").querySelector("form").addEventListener("submit", () => {
    const standing = votes.get(current());
    drafts.set(current(), $("note-field").value.trim());
    if (standing) cast(standing.verdict, standing.reasons);
    paint();
  });

  $("keys-on").checked = remembered("review-keys") !== "off";
  $("keys-on").addEventListener("change", () => remember("review-keys", $("keys-on").checked ? "on" : "off"));
  highlight(remembered("review-highlights") !== "off");

  const first = $("record").querySelector("article"), html = $("record").innerHTML;
  trail = [learn(first)];
  at = 0;
  cards.set(current(), html);
  outbox.flush();
  refill().catch(() => {});
})();
