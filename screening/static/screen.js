/* One record after the other: keys, the next records fetched ahead, and a vote that shows at once and is saved behind. */
"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  const main = $("main"), actions = $("actions");
  document.documentElement.classList.add("scripted");
  if (!actions) { // who decides nothing here may read all the same
    if ($("pane")) new Reader(along, { say() {}, announce() {} }).show();
    return;
  }

  const base = main.dataset.base, person = actions.person.value, AHEAD = 8, LOW = 5, RECOUNT = 25;
  const advance = main.dataset.advance === "yes", keys = JSON.parse(main.dataset.keys);
  const reasonTexts = new Map(JSON.parse(main.dataset.reasons)); // in the protocol's order: the first is the primary one
  const VERBS = { include: "included", exclude: "excluded", maybe: "marked as maybe" };
  const LABELS = { include: "Included", exclude: "Excluded", maybe: "Maybe" };

  let mine = Number(main.dataset.mine), left = Number(main.dataset.left), forecast = main.dataset.forecast;
  const cards = new Map(); // report -> the card's HTML
  const votes = new Map(); // report -> {verdict, reasons, note, answers}, as this page knows it
  const drafts = new Map(); // report -> a note not yet sent with a vote
  const answered = new Map(); // report -> answers to criteria not yet sent
  const tagged = new Map(); // report -> its tags
  const skipped = new Set(); // passed over with the arrow
  let queue = [], trail = [], at = -1, mineHere = []; // what comes; what was shown and where we are; my votes in order
  let exhausted = false, fetching = null, moving = false, changes = 0, counted = 0, counting = null;

  const { outbox, batch, ask, post } = along;
  along.on.refused = (entry) => {
    const report = Number(new URLSearchParams(entry.fields).get("report"));
    if (entry.url.endsWith("/tags")) tagged.delete(report);
    else if (votes.delete(report)) count(-1);
    mineHere = mineHere.filter((one) => one !== report);
    say(`Not saved: ${entry.problem.error}. ${entry.problem.hint || ""}`, { report, label: "Go to the record" });
    paint();
  };
  along.on.heard = (entry) => {
    recall(entry);
    paint();
  };
  /* The numbers on a kept page are those of the day when it was kept; and of what was on its way when the page came,
     nobody knows whether the server had counted it already. */
  let stale = along.kept || outbox.entries().length > 0;
  along.on.changed = () => {
    if (current() !== undefined) paint();
    if (stale && !along.away) recount().catch(() => {});
  };

  // -- what is shown

  const current = () => trail[at];
  const title = () => $("record").querySelector("h1").textContent;

  function learn(article) {
    const report = Number(article.dataset.report);
    if (article.dataset.verdict && !votes.has(report)) {
      votes.set(report, { verdict: article.dataset.verdict, reasons: article.dataset.reasons.split(" ").filter(Boolean),
        note: article.dataset.note, answers: JSON.parse(article.dataset.criteria) });
    }
    if (!tagged.has(report)) tagged.set(report, JSON.parse(article.dataset.tags));
    return report;
  }

  function put(report) {
    const record = $("record");
    record.innerHTML = cards.get(report); // made by our server, every value escaped
    learn(record.querySelector("article"));
    actions.report.value = report;
    $("previous").href = `${base}?before=${report}`;
    $("next").href = `${base}?after=${report}`;
    $("why").href = `${base}/why?report=${report}`;
    criteria?.show(answered.get(report) ?? votes.get(report)?.answers ?? {});
    paint();
    reader?.show();
    window.scrollTo(0, 0);
    record.querySelector("h1").focus({ preventScroll: true });
  }

  function position() {
    const offline = along.away && batch.total > 0, waits = batch.left.length;
    const rest = offline ? `${waits} left` : `${left.toLocaleString("en")} left${forecast && left ? ` · ${forecast}` : ""}`;
    if (votes.has(current())) return `${at < trail.length - 1 || !mineHere.includes(current()) ? "Looking back" : "Decided"} · ${rest}`;
    if (offline) return `Record ${batch.total - waits + 1} of ${batch.total} taken along`;
    return `Record ${(mine + 1).toLocaleString("en")} of ${(mine + left).toLocaleString("en")} · ${rest}`;
  }

  function paint() {
    const vote = votes.get(current()), article = $("record").querySelector("article");
    if (!article) return;
    const text = article.querySelector(".mine"), note = article.querySelector(".note");
    const why = texts(vote?.reasons || []);
    text.hidden = !vote;
    text.textContent = vote ? `You ${VERBS[vote.verdict]} this record${why ? `: ${why}` : ""}.` : "";
    const noted = drafts.get(current()) ?? vote?.note ?? "";
    note.hidden = !noted;
    note.querySelector(".note-text").textContent = noted;
    for (const button of actions.querySelectorAll(".verdict")) {
      if (button.value) button.setAttribute("aria-pressed", String(vote?.verdict === button.value));
    }
    paintTags(article);
    if (criteria) paintSend();
    $("position").textContent = position();
    $("bar").max = Math.max(mine + left, 1);
    $("bar").value = mine;
  }

  const texts = (codes) => codes.map((code) => reasonTexts.get(code) || code).join("; ");

  function paintTags(article) {
    const list = article.querySelector(".own"), tags = tagged.get(current()) || [];
    list.hidden = tags.length === 0;
    list.replaceChildren(...tags.map((tag) => {
      const chip = document.createElement("li");
      chip.dir = "auto";
      chip.textContent = tagName(tag);
      return chip;
    }));
  }

  /* The one button of criteria mode says what it would send. */
  function paintSend() {
    const { verdict, reasons, missing } = criteria.follows(), vote = votes.get(current());
    $("send").dataset.verdict = verdict || "";
    $("send").querySelector(".follows").textContent = verdict
      ? `${{ include: "Include", maybe: "Maybe", exclude: "Exclude" }[verdict]}${reasons.length ? `: ${texts(reasons)}` : ""}`
      : `${missing} to answer`;
    $("send").setAttribute("aria-disabled", String(!verdict));
    $("send").classList.toggle("sent", Boolean(vote) && vote.verdict === verdict && !answered.has(current()));
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

  function refill() {
    if (exhausted || queue.length >= LOW) return Promise.resolve();
    fetching ??= (async () => {
      const unsent = outbox.entries().map((entry) => Number(new URLSearchParams(entry.fields).get("report")));
      const holding = [...new Set([current(), ...queue, ...unsent, ...skipped])];
      const sent = await post("/ahead", [["count", AHEAD], ["holding", holding.join(",")]]).catch(takenAlong);
      for (const { report, html } of sent.cards) {
        cards.set(report, html);
        if (!holding.includes(report) && !queue.includes(report)) queue.push(report);
      }
      exhausted = sent.cards.length < AHEAD;
    })().finally(() => { fetching = null; });
    return fetching;
  }

  /* Without a network, all that was taken along comes at once. */
  function takenAlong(trouble) {
    if (!along.away || batch.total === 0) throw trouble;
    return { cards: batch.left.map((report) => ({ report, html: batch.cards.get(report) })) };
  }

  /* Counting takes the server longer than a record: ask now and then, and believe it only when nothing is under way. */
  function recount() {
    if (!stale && changes - counted < RECOUNT) return Promise.resolve();
    counting ??= (async () => {
      counted = changes;
      await outbox.flush();
      const before = changes, sent = await ask("/progress");
      forecast = sent.forecast || "";
      $("order").querySelector("span").textContent = sent.order;
      $("why").hidden = !sent.ranked;
      if (before === changes && outbox.entries().length === 0) {
        ({ mine, left } = sent);
        stale = false;
      }
      paint();
    })().finally(() => { counting = null; });
    return counting;
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
    if (along.away) say("Everything here is decided. More comes when the server can be reached.");
    else if (outbox.entries().length === 0) location.href = base;
    else say("Everything is decided; the last decisions are still on their way.");
    return undefined;
  }

  /* One move at a time: a key pressed while the next record is on its way must not decide on the old one, nor open a
     choice over it that would then be made on the next. */
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

  function cast(verdict, reasons, answers = {}) {
    const report = current(), note = drafts.get(report) ?? votes.get(report)?.note ?? "";
    if (!votes.has(report)) count(1);
    votes.set(report, { verdict, reasons, note, answers });
    drafts.delete(report);
    answered.delete(report);
    skipped.delete(report);
    mineHere = [...mineHere.filter((one) => one !== report), report];
    const fields = [["person", person], ["report", report], ["verdict", verdict], ...reasons.map((code) => ["reason", code]),
      ...Object.entries(answers).map(([criterion, answer]) => [`criterion:${criterion}`, answer])];
    outbox.add(`${base}/votes`, note ? [...fields, ["note", note]] : fields, title());
  }

  const vote = (verdict, reasons = [], answers = {}) => guarded(async () => {
    const decided = title(), why = texts(reasons);
    cast(verdict, reasons, answers);
    say(`${LABELS[verdict]}${why ? ` (${why})` : ""}: ${decided}`);
    if (advance) await forward();
    else paint();
    announce(LABELS[verdict]);
  });

  function send() {
    const { verdict, reasons, missing } = criteria.follows();
    if (verdict) return vote(verdict, reasons, criteria.answers());
    say(`${missing === 1 ? "One criterion is" : `${missing} criteria are`} not answered yet.`);
    return announce(`Not answered: ${criteria.current()}`);
  }

  async function undo() {
    let report = mineHere.pop();
    if (report === undefined) {
      report = await undoEarlier();
      if (report === null) return say("There is nothing left to take back.");
    } else {
      outbox.add(`${base}/undo`, [["person", person], ["report", report]]);
    }
    if (criteria && votes.get(report)?.answers) answered.set(report, votes.get(report).answers);
    if (votes.delete(report)) count(-1);
    const known = trail.lastIndexOf(report);
    if (known >= 0) at = known;
    else trail.splice(at, 0, report);
    await show(report);
    say("Taken back: decide again, or go on to another record.");
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
    if (moving) return undefined;
    if (reasonTexts.size === 0) return vote("exclude");
    const last = lastReasons(), button = $("reasons").querySelector(".last");
    button.hidden = last.length === 0;
    button.querySelector("span").textContent = `As last time: ${texts(last)}`;
    return reasons.open(votes.get(current())?.verdict === "exclude" ? votes.get(current()).reasons : []);
  }

  const required = Boolean($("reasons").dataset.required);
  const reasons = new Choice($("reasons"), (chosen) => {
    if (chosen.length === 0 && required) {
      $("reasons").querySelector(".refused").textContent = "Choose at least one reason.";
      return;
    }
    exclude(chosen);
  }, (chosen) => {
    $("reasons").querySelector(".refused").textContent = "";
    $("reasons").querySelector(".what").textContent = chosen.length || required ? "Exclude" : "Exclude without a reason";
  });

  /* Never taken by Enter alone: who is used to excluding with two keys would give the old reason without noticing. */
  function lastReasons() {
    const kept = (remembered(`${main.dataset.outbox}:reasons`) || "").split(" ");
    return kept.filter((code) => reasonTexts.has(code));
  }

  function exclude(chosen) {
    $("reasons").close();
    if (chosen.length) remember(`${main.dataset.outbox}:reasons`, chosen.join(" "));
    vote("exclude", chosen);
  }

  // -- tags

  const tagName = (tag) => {
    const box = tagging.boxes().find((one) => one.value === tag);
    return box ? box.closest("label").querySelector("span").textContent : tag;
  };

  const tagging = new Choice($("tagging"), (chosen) => {
    const written = $("new-tag").value.split(/\s+/).filter(Boolean).join(" ");
    const same = tagging.boxes().find((one) => tagName(one.value).toLowerCase() === written.toLowerCase());
    if (written && !same) offer(written);
    const tags = written ? [...new Set([...chosen, same ? same.value : written])] : chosen;
    tagged.set(current(), tags);
    $("tagging").close();
    outbox.add(`${base}/tags`, [["person", person], ["report", current()], ...tags.map((tag) => ["tag", tag])], title());
    paint();
    announce(tags.length ? `Tagged: ${tags.map(tagName).join(", ")}` : "No tags");
  });

  /* A tag once written can be ticked on the next record. */
  function offer(tag) {
    const list = $("tagging").querySelector("ol"), item = list.querySelector("li").cloneNode(true);
    const number = list.children.length + 1;
    item.querySelector("kbd").textContent = number <= 10 ? number % 10 : "";
    item.querySelector("input").value = tag;
    item.querySelector("span").textContent = tag;
    list.append(item);
  }

  function writeTags() {
    if (moving) return;
    const tags = tagged.get(current()) || [], listed = tagging.boxes().map((box) => box.value);
    for (const tag of tags) if (!listed.includes(tag)) offer(tag);
    $("new-tag").value = "";
    tagging.open(tags);
  }

  function writeNote() {
    if (moving) return;
    $("note-field").value = drafts.get(current()) ?? votes.get(current())?.note ?? "";
    $("noting").showModal();
  }

  const remembered = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* only for this page, then */ } };

  const MARKS = main.dataset.words === "yes" ? ["on", "words", "off"] : ["on", "off"];
  const MARKED = { on: "Highlights", words: "Words only", off: "No highlights" };
  let marks = "on";

  function highlight(state) {
    marks = MARKS.includes(state) ? state : "on";
    main.classList.toggle("plain", marks === "off");
    main.classList.toggle("words", marks === "words");
    $("highlights").querySelector("span").textContent = MARKED[marks];
    remember("review-highlights", marks);
  }

  function nextHighlights() {
    highlight(MARKS[(MARKS.indexOf(marks) + 1) % MARKS.length]);
    $("live").textContent = MARKED[marks];
  }

  // -- elsewhere

  function openFullText() {
    if (reader?.enter()) return undefined;
    const link = $("record").querySelector(".source");
    if (!link) return say("This record has no DOI and no PubMed number: nothing to open.");
    return window.open(link.href, "_blank", "noopener,noreferrer");
  }

  function search() {
    if ($("search").checkVisibility()) $("search").focus();
    else location.href = `${base}/find`;
  }

  // -- criteria, one by one

  const criteria = main.dataset.mode === "criteria" ? new Criteria($("criteria").querySelector(".questions"),
    [...reasonTexts.keys()], () => {
      answered.set(current(), criteria.answers());
      paint();
      $("live").textContent = `${$("send").querySelector(".follows").textContent}. ${criteria.current()}`;
    }) : null;

  /* The full text beside the decision, at the stage that has one. */
  const reader = $("pane") ? new Reader(along, { person, say, announce: (text) => { $("live").textContent = text; } }) : null;

  // -- wiring

  const ACTS = {
    include: () => vote("include"), maybe: () => vote("maybe"), exclude: () => chooseReasons(),
    yes: () => criteria.answer("yes"), no: () => criteria.answer("no"), unclear: () => criteria.answer("unclear"),
    undo: () => guarded(undo), note: writeNote, tag: writeTags, highlights: nextHighlights,
    previous: () => guarded(back), next: () => guarded(on), fulltext: openFullText, search,
    why: () => guarded(() => why(ask, current())), sheet: () => $("sheet").showModal(),
    read_on: () => reader.scroll(1), read_back: () => reader.scroll(-1), page_next: () => reader.turn(1),
    page_previous: () => reader.turn(-1), find: () => reader.find(), quote: () => reader.quote(),
    larger: () => reader.zoom(1), smaller: () => reader.zoom(-1),
  };

  /* What a key means; on a keyboard of other letters than ours, what stands on that place of it. */
  function meant(event) {
    const key = event.key.toLowerCase(), place = /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase();
    return keys[key] ?? (/^[\x20-\x7e]$/.test(key) ? undefined : keys[place]);
  }

  /* Enter sends, or goes on, unless it is meant for what has the focus. */
  function entered(target) {
    if (target.closest("a, button, summary")) return false;
    if (!advance && votes.has(current()) && !answered.has(current())) guarded(on);
    else if (criteria) send();
    else return false;
    return true;
  }

  function pressedIn(dialog, event) {
    const choice = { reasons, tagging }[dialog.id];
    if (!choice) return false;
    if (dialog.id === "reasons" && event.key.toLowerCase() === "l" && lastReasons().length) {
      exclude(lastReasons());
      return true;
    }
    if (dialog.id === "tagging" && /^[^\s\d]$/u.test(event.key)) $("new-tag").focus(); // what is typed goes on there
    return choice.pressed(event.key);
  }

  /* Say whether a key press was for us. */
  function pressed(event) {
    const { key, target } = event, open = document.querySelector("dialog[open]");
    const field = target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && !event.isComposing;
    if (command && key.toLowerCase() === "f" && !open) return Boolean(reader?.find());
    if (event.altKey || event.isComposing || event.repeat || field) return false;
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() !== "z" || event.shiftKey || open) return false;
      guarded(undo);
      return true;
    }
    if (key === "Enter" && !open) return entered(target);
    if (!$("keys-on").checked) return false;
    if (open) return pressedIn(open, event);
    if (target.type === "radio" && key.startsWith("Arrow")) return false;
    if (reader?.owns(target, key)) return reader.moved(key);
    if (criteria && /^[0-9]$/.test(key)) {
      criteria.go(Number(key) || 10);
      return true;
    }
    const act = ACTS[meant(event)];
    act?.();
    return Boolean(act);
  }

  document.addEventListener("keydown", (event) => {
    if (current() !== undefined && pressed(event)) event.preventDefault();
  });

  actions.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button?.id === "undo") guarded(undo);
    else if (button?.id === "send") send();
    else if (button?.value === "exclude") chooseReasons();
    else if (button) vote(button.value);
  });
  $("previous").addEventListener("click", (event) => { event.preventDefault(); guarded(back); });
  $("next").addEventListener("click", (event) => { event.preventDefault(); guarded(on); });
  $("note").addEventListener("click", writeNote);
  $("tag").addEventListener("click", writeTags);
  $("highlights").addEventListener("click", nextHighlights);
  $("fulltext").addEventListener("click", openFullText);
  $("help").addEventListener("click", ACTS.sheet);
  $("why").addEventListener("click", (event) => { event.preventDefault(); ACTS.why(); });
  $("print").addEventListener("click", () => window.print());
  $("search").addEventListener("keydown", (event) => {
    if (event.key === "Escape") $("record").querySelector("h1").focus();
  });
  $("reasons").querySelector(".last").addEventListener("click", () => exclude(lastReasons()));
  for (const button of document.querySelectorAll("dialog .close")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }

  $("noting").querySelector("form").addEventListener("submit", () => {
    const standing = votes.get(current());
    drafts.set(current(), $("note-field").value.trim());
    if (standing) cast(standing.verdict, standing.reasons, standing.answers);
    paint();
  });

  $("keys-on").checked = remembered("review-keys") !== "off";
  $("keys-on").addEventListener("change", () => remember("review-keys", $("keys-on").checked ? "on" : "off"));
  highlight(remembered("review-highlights"));

  // -- how it begins

  /* What waits in this browser, or was decided on a record that was taken along, the page as it came does not know. */
  function recall({ url, fields }) {
    const sent = new URLSearchParams(fields), report = Number(sent.get("report"));
    if (url === `${base}/tags`) tagged.set(report, sent.getAll("tag"));
    if (url === `${base}/undo` && votes.delete(report)) count(-1);
    if (url === `${base}/undo` || url === `${base}/votes`) mineHere = mineHere.filter((one) => one !== report);
    if (url !== `${base}/votes`) return;
    const answers = [...sent].filter(([name]) => name.startsWith("criterion:")).map(([name, said]) => [name.slice(10), said]);
    if (!votes.has(report)) count(1);
    votes.set(report, { verdict: sent.get("verdict"), reasons: sent.getAll("reason"), note: sent.get("note") || "",
      answers: Object.fromEntries(answers) });
    mineHere.push(report);
  }

  function begin() {
    for (const entry of outbox.entries()) recall(entry);
    cards.set(Number(actions.report.value), $("record").innerHTML);
    trail = [learn($("record").querySelector("article"))];
    at = 0;
    criteria?.show(votes.get(current())?.answers ?? {});
    paint();
    reader?.show();
    if (votes.has(current()) && !location.search) guarded(forward); // decided already, and not sent yet
    refill().catch(() => {});
  }

  /* The page is one that this browser kept: it shows what was taken along, whatever record it came with. */
  async function beginKept() {
    await along.ready;
    for (const entry of [...batch.said, ...outbox.entries()]) recall(entry);
    for (const [report, html] of batch.cards) cards.set(report, html);
    const named = Number(new URLSearchParams(location.search).get("report"));
    queue = batch.left.filter((report) => !votes.has(report));
    const first = batch.cards.has(named) ? named : queue.shift() ?? mineHere.at(-1);
    main.dataset.kept = "open";
    actions.hidden = first === undefined || batch.expired;
    if (actions.hidden) {
      const nothing = document.createElement("h1");
      nothing.textContent = "Nothing is kept here to decide on: open this page again when the server can be reached";
      return $("record").replaceChildren(nothing);
    }
    trail = [first];
    at = 0;
    return put(first);
  }

  if (along.kept) guarded(beginKept);
  else begin();
})();
