/* A text in a scrolling pane: the pages of a PDF, drawn as they come into view with a layer of text above them, or an article
   that came as HTML. It says what the text of a page is, finds places in it, marks them, and tells what is selected.
   pdf.js draws and never runs what a PDF would like to run: nothing of its links, forms and scripts gets onto the page. */
"use strict";

/* The text below an element, and where each letter of it stands. The end of a line, or of a block, counts as one letter. */
class Laid {
  static #BLOCKS = "P H1 H2 H3 H4 H5 H6 LI TD TH DIV SECTION FIGCAPTION BLOCKQUOTE DT DD".split(" ");
  #nodes = []; // [where its text begins, the text node]
  text = "";

  constructor(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node; (node = walker.nextNode());) {
      if (node.nodeType === Node.TEXT_NODE) {
        this.#nodes.push([this.text.length, node]);
        this.text += node.data;
      } else if (node.tagName === "BR" || (Laid.#BLOCKS.includes(node.tagName) && !this.text.endsWith("\n"))) {
        this.text += "\n";
      }
    }
  }

  #at(place, end) {
    let low = 0, high = this.#nodes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#nodes[middle][0] < place + (end ? 0 : 1)) low = middle;
      else high = middle - 1;
    }
    const [start, node] = this.#nodes[low];
    return [node, Math.min(place - start, node.length)];
  }

  range(start, end) {
    const range = document.createRange();
    range.setStart(...this.#at(start, false));
    range.setEnd(...this.#at(end, true));
    return range;
  }

  /* What of the text a range of the document takes in: whole words of it. */
  slice(range) {
    let from = null, to = 0;
    for (const [start, node] of this.#nodes) {
      if (!range.intersectsNode(node)) continue;
      from ??= start + (node === range.startContainer ? range.startOffset : 0);
      to = start + (node === range.endContainer ? range.endOffset : node.length);
    }
    if (from === null || from >= to) return "";
    const within = (place) => /^[\p{L}\p{N}]{2}$/u.test(this.text.slice(place - 1, place + 1));
    while (from > 0 && within(from)) from -= 1;
    while (within(to)) to += 1;
    return this.text.slice(from, to);
  }
}

/* A text as one looks for words in it: in lower case, without accents, its words whole and one space apart. */
class Plain {
  #from = []; // where each letter comes from
  text = "";

  constructor(text) {
    for (const { index, 0: piece } of text.matchAll(/(?<=\p{L})[-\u2010\u00ad][ \t]*\n\s*(?=\p{Ll})|\u00ad|\s+|[\s\S]/gu)) {
      const letters = /^\s/.test(piece) ? (this.text.endsWith(" ") ? "" : " ") : piece.length > 1 && /\n|\u00ad/.test(piece) ? ""
        : piece.normalize("NFKD").replace(/\p{M}|\u00ad/gu, "").toLowerCase();
      for (const letter of letters) for (let n = 0; n < letter.length; n += 1) this.#from.push(index);
      this.text += letters;
    }
    this.#from.push(text.length);
  }

  /* Where some words stand, as [start, end] in the text itself. */
  find(words) {
    const found = [], wanted = new Plain(words.trim()).text;
    if (!wanted) return found;
    for (let at = this.text.indexOf(wanted); at >= 0; at = this.text.indexOf(wanted, at + wanted.length)) {
      found.push([this.#from[at], this.#from[at + wanted.length - 1] + 1]);
    }
    return found;
  }
}

class PdfPane {
  static #SMALLEST = 0.5; static #LARGEST = 4; static #MOST_PIXELS = 16e6;
  #box; #parts; #on; #pdfjs = null; #task = null; #pdf = null; #pages = []; #seen = null; #width = 0; #magnified = 1; #opened = 0;
  #texts = new Map(); // page -> its text, promised
  #marks = new Map(); // page -> name of a mark -> its ranges

  /* box scrolls. parts: addresses of pdf.js. on: shown(page) when a page's text is there, moved(page) when another is read. */
  constructor(box, parts, on) {
    this.#box = box;
    this.#parts = parts;
    this.#on = on;
    box.addEventListener("scroll", () => requestAnimationFrame(() => this.#on.moved(this.page)), { passive: true });
    let waiting = null;
    new ResizeObserver(() => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.#fit(), 120);
    }).observe(box);
    box.addEventListener("pointerdown", () => box.classList.add("selecting"));
    document.addEventListener("selectionchange", () => { if (box.classList.contains("selecting")) this.#steady(); });
    for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, () => box.classList.remove("selecting"));
  }

  get count() { return this.#pages.length; }

  /* The number of the page that takes up the upper part of the pane. */
  get page() {
    const line = this.#box.getBoundingClientRect().top + this.#box.clientHeight / 3;
    return Math.max(1, this.#pages.findLastIndex(({ element }) => element.getBoundingClientRect().top <= line) + 1);
  }

  close() {
    this.#opened += 1;
    this.#task?.destroy();
    this.#seen?.disconnect();
    this.#task = this.#pdf = this.#seen = null;
    this.#pages = [];
    this.#texts.clear();
    this.#marks.clear();
    this.#paintMarks();
    this.#box.replaceChildren();
    this.#box.scrollTop = 0;
  }

  // -- what is shown

  /* Open a PDF; throws what pdf.js throws. Gives false when another was opened meanwhile. */
  async open(address) {
    this.close();
    const turn = this.#opened, { library, worker, folder } = this.#parts;
    this.#pdfjs ??= await import(library);
    this.#pdfjs.GlobalWorkerOptions.workerSrc = worker;
    if (turn !== this.#opened) return false;
    const at = (name) => new URL(folder + name, location.href).href;
    this.#task = this.#pdfjs.getDocument({ url: new URL(address, location.href).href, cMapUrl: at("cmaps/"), wasmUrl: at("wasm/"),
      standardFontDataUrl: at("standard_fonts/"), useWasm: false, enableXfa: false, verbosity: 0 });
    const pdf = await this.#task.promise, first = await pdf.getPage(1);
    if (turn !== this.#opened) return false;
    this.#pdf = pdf;
    const { width, height } = first.getViewport({ scale: 1 });
    this.#pages = Array.from({ length: pdf.numPages }, (_, n) => this.#frame(n + 1, width, height));
    this.#box.replaceChildren(...this.#pages.map(({ element }) => element));
    this.#width = 0;
    this.#fit();
    this.#watch();
    return true;
  }

  /* Show an article; its sections are its pages, named by data-page. */
  openArticle(html) {
    this.close();
    const article = document.createElement("article");
    article.className = "article";
    article.innerHTML = html; // made by our server, every value escaped
    this.#box.replaceChildren(article);
    this.#pages = [...article.querySelectorAll("[data-page]")].map((element) => ({ element, name: element.dataset.page, laid: new Laid(element) }));
    this.#pages.forEach((_, n) => this.#on.shown(n + 1));
  }

  #frame(number, width, height) {
    const element = document.createElement("div");
    element.className = "leaf";
    element.dataset.number = number;
    element.setAttribute("role", "region");
    element.setAttribute("aria-label", `Page ${number}`);
    return { element, name: String(number), number, width, height, laid: null, drawing: null };
  }

  #watch() {
    this.#seen?.disconnect();
    this.#seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const page = this.#pages[target.dataset.number - 1];
        if (isIntersecting) this.#draw(page).catch(() => {});
        else this.#clear(page);
      }
    }, { root: this.#box, rootMargin: "120% 0px" });
    for (const { element } of this.#pages) this.#seen.observe(element);
  }

  #scale(page) {
    return (this.#width * this.#magnified) / page.width;
  }

  #fit() {
    const width = Math.floor(this.#box.clientWidth - 2 * parseFloat(getComputedStyle(this.#box).paddingLeft));
    if (!this.#pdf || width <= 0 || width === this.#width) return;
    this.#width = width;
    this.#lay();
  }

  #size(page) {
    const scale = this.#scale(page), { style } = page.element;
    style.width = `${page.width * scale}px`;
    style.height = `${page.height * scale}px`;
    style.setProperty("--total-scale-factor", scale);
  }

  /* Give every page its size, and keep the place that is read. */
  #lay() {
    const number = this.page, { element } = this.#pages[number - 1], top = () => element.getBoundingClientRect().top;
    const before = (this.#box.getBoundingClientRect().top - top()) / (element.offsetHeight || 1);
    for (const page of this.#pages) {
      this.#clear(page);
      this.#size(page);
    }
    this.#box.scrollTop += top() - this.#box.getBoundingClientRect().top + before * element.offsetHeight;
    if (this.#seen) this.#watch();
  }

  #clear(page) {
    page.drawing?.stop();
    page.drawing = page.laid = null;
    this.#marks.delete(page.number);
    page.element.replaceChildren();
  }

  async #draw(page) {
    if (page.drawing) return;
    let stopped = false, task = null;
    page.drawing = { stop() { stopped = true; task?.cancel(); } };
    const leaf = await this.#pdf.getPage(page.number), plain = leaf.getViewport({ scale: 1 });
    if (stopped) return;
    if (plain.width !== page.width || plain.height !== page.height) {
      Object.assign(page, { width: plain.width, height: plain.height });
      this.#size(page);
    }
    const viewport = leaf.getViewport({ scale: this.#scale(page) });
    const most = Math.sqrt(PdfPane.#MOST_PIXELS / (viewport.width * viewport.height)), ratio = Math.min(devicePixelRatio || 1, most);
    const canvas = document.createElement("canvas"), layer = document.createElement("div");
    canvas.width = Math.floor(viewport.width * ratio);
    canvas.height = Math.floor(viewport.height * ratio);
    canvas.setAttribute("aria-hidden", "true");
    layer.className = "textLayer";
    page.element.replaceChildren(canvas, layer);
    task = leaf.render({ canvas, viewport, transform: ratio === 1 ? null : [ratio, 0, 0, ratio, 0, 0] });
    task.promise.catch(() => {}); // cancelled while the text is on its way
    const said = await leaf.getTextContent();
    const text = new this.#pdfjs.TextLayer({ textContentSource: said, container: layer, viewport });
    await Promise.all([task.promise, text.render()]);
    if (stopped) return;
    const rest = document.createElement("div");
    rest.className = "rest"; // what is selected while the pointer is between two lines
    page.laid = new Laid(layer);
    layer.append(rest);
    this.#on.shown(page.number);
  }

  /* What lies between the lines belongs to the end of the selection that moves: else it would leap to the end of the page. */
  #steady() {
    const { anchorNode, anchorOffset, focusNode, focusOffset, isCollapsed } = document.getSelection();
    const piece = !isCollapsed && focusNode.nodeType === Node.TEXT_NODE ? focusNode.parentElement : null, layer = piece?.closest(".textLayer");
    if (!layer || !this.#box.contains(layer)) return;
    const before = anchorNode === focusNode ? focusOffset < anchorOffset
      : Boolean(anchorNode.compareDocumentPosition(focusNode) & Node.DOCUMENT_POSITION_PRECEDING);
    if (before) piece.before(layer.querySelector(".rest"));
    else piece.after(layer.querySelector(".rest"));
  }

  // -- where one is

  go(number) {
    const page = this.#pages[Math.min(Math.max(number, 1), this.count) - 1];
    if (page) this.#box.scrollTop += page.element.getBoundingClientRect().top - this.#box.getBoundingClientRect().top - 8;
  }

  named(name) { return this.#pages.findIndex((page) => page.name === name) + 1; }

  name(number) { return this.#pages[number - 1]?.name ?? ""; }

  scroll(screens) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#box.scrollBy({ top: screens * this.#box.clientHeight * 0.9, behavior: still ? "auto" : "smooth" });
  }

  zoom(step) {
    const wanted = Math.min(Math.max(this.#magnified * 1.2 ** step, PdfPane.#SMALLEST), PdfPane.#LARGEST);
    this.#magnified = Math.abs(wanted - 1) < 0.05 ? 1 : wanted;
    if (this.#pdf) this.#lay();
    else this.#box.style.setProperty("--magnified", this.#magnified);
  }

  // -- its text

  /* The text of a page, shown or not: the same that its layer holds. */
  text(number) {
    const page = this.#pages[number - 1];
    if (!this.#pdf) return Promise.resolve(page.laid.text);
    if (!this.#texts.has(number)) {
      this.#texts.set(number, this.#pdf.getPage(number).then((leaf) => leaf.getTextContent())
        .then(({ items }) => items.map(({ str, hasEOL }) => str + (hasEOL ? "\n" : "")).join("")));
    }
    return this.#texts.get(number);
  }

  shows(number) { return Boolean(this.#pages[number - 1]?.laid); }

  /* What is selected in it: {page, text}, or null. */
  selected() {
    const selection = document.getSelection();
    if (selection.isCollapsed || selection.rangeCount === 0) return null;
    const range = selection.getRangeAt(0);
    if (!this.#box.contains(selection.anchorNode)) return null;
    const parts = this.#pages.filter(({ laid, element }) => laid && range.intersectsNode(element))
      .map(({ laid, name }) => ({ page: name, text: laid.slice(range) })).filter(({ text }) => text.trim());
    return parts.length ? { page: parts[0].page, text: parts.map(({ text }) => text).join("\n") } : null;
  }

  // -- marks

  /* Mark places of a page, given as [start, end] of its text, under a name that the style sheet knows. */
  mark(number, name, places) {
    const page = this.#pages[number - 1];
    if (!page?.laid) return;
    if (!this.#marks.has(number)) this.#marks.set(number, new Map());
    this.#marks.get(number).set(name, places.map(([start, end]) => page.laid.range(start, end)));
    this.#paintMarks();
  }

  unmark(name) {
    for (const marks of this.#marks.values()) marks.delete(name);
    this.#paintMarks();
  }

  #paintMarks() {
    if (!CSS.highlights) return; // an old browser: the text can be read all the same
    const all = new Map();
    for (const marks of this.#marks.values()) {
      for (const [name, ranges] of marks) all.set(name, [...(all.get(name) ?? []), ...ranges]);
    }
    CSS.highlights.clear();
    for (const [name, ranges] of all) {
      const shown = new Highlight(...ranges);
      shown.priority = { kept: 1, found: 2, current: 3 }[name] ?? 0;
      CSS.highlights.set(name, shown);
    }
  }

  /* Bring a place of a page that is shown into view. */
  reveal(number, [start, end]) {
    const place = this.#pages[number - 1]?.laid?.range(start, end).getBoundingClientRect(), box = this.#box.getBoundingClientRect();
    if (!place || (place.top > box.top + 40 && place.bottom < box.bottom - 40)) return;
    this.#box.scrollTop += place.top - box.top - this.#box.clientHeight / 3;
  }
}
