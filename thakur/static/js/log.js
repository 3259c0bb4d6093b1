// The log viewer: a window of at most 600 lines over a log of any length. The server makes every line; this moves them.
const WINDOW = 600;
const PAGE = 200;
const LINE_PIXELS = 20;
const NEAR_END_PIXELS = 24;
// So many lines before they come into sight.
const AHEAD = 100;
const REASONS = { 401: "You are signed out. Sign in again in another tab, then reload.", 404: "This log is gone.", 403: "You may not read this log." };

class LogViewer {
  constructor(section) {
    this.section = section;
    this.pane = section.querySelector(".log-pane");
    this.list = this.pane.querySelector("ol");
    this.note = section.querySelector("[data-log-note]");
    this.search = section.querySelector("[data-log-search]");
    this.boxes = [...section.querySelectorAll("[data-log-level]")];
    this.followButton = section.querySelector("[data-log-follow]");
    this.url = section.dataset.url;
    this.first = Number(section.dataset.first);
    this.last = Number(section.dataset.last);
    this.matches = "matches" in section.dataset ? Number(section.dataset.matches) : null;
    this.isLive = "live" in section.dataset;
    this.unseen = 0;
    this.waiting = [];
    this.loading = null;
    this.top = 0;
    this.above = this.pane.insertBefore(document.createElement("div"), this.list);
    this.below = this.pane.appendChild(document.createElement("div"));
    this.lines().forEach((line) => this.mark(line));
    this.listen();
    this.measure();
    const linked = location.hash.match(/^#L(\d+)/) || location.search.match(/[?&]line=(\d+)/);
    if (linked) this.show(Number(linked[1]), location.hash);
    else {
      this.follow(this.isLive && !this.isFiltered());
      if (!this.isFiltered()) this.toEnd();
    }
  }

  listen() {
    this.followButton.addEventListener("click", () => this.isFollowing() ? this.follow(false) : this.goToEnd());
    this.toggle("[data-log-wrap]", "wrap", true);
    this.toggle("[data-log-time]", "bare", false);
    this.section.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); this.filter(); });
    let typing;
    this.search.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => this.filter(), 200); });
    this.section.addEventListener("change", (event) => { if ("logLevel" in event.target.dataset) this.filter(); });
    this.section.querySelector("[data-log-copy]").addEventListener("click", () => this.copyVisible());
    this.section.querySelector("[data-log-link]").addEventListener("click", () => this.copyLink());
    this.note.addEventListener("click", (event) => { if (event.target.closest("button")) this.goToEnd(); });
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.pane.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => { this.measure(); if (this.isFollowing()) this.toEnd(); }).observe(this.pane);
    addEventListener("hashchange", () => { const found = location.hash.match(/^#L(\d+)/); if (found) this.show(Number(found[1]), location.hash); });
  }

  lines() {
    return [...this.list.children];
  }

  start() {
    return this.list.firstElementChild ? numberOf(this.list.firstElementChild) : this.last + 1;
  }

  end() {
    return this.list.lastElementChild ? numberOf(this.list.lastElementChild) : this.last;
  }

  // Wrapped lines differ in height: what is not in the window is reckoned by the mean of what is.
  measure() {
    const count = this.list.children.length;
    const mean = count ? this.list.offsetHeight / count : LINE_PIXELS;
    this.height = mean < LINE_PIXELS * 1.05 ? LINE_PIXELS : mean;
    this.settle();
  }

  // Where the window lies: the heights of what is not in it are spacers, so the scroll bar tells the truth.
  settle() {
    const isPart = !this.isFiltered();
    this.above.style.height = `${isPart ? Math.max(0, this.start() - this.first) * this.height : 0}px`;
    this.below.style.height = `${isPart ? Math.max(0, this.last - this.end()) * this.height : 0}px`;
  }

  // Do something to the window, and leave the text that is being read where it is.
  steadily(change) {
    if (this.height === LINE_PIXELS) {
      change();
      this.settle();
      return;
    }
    const top = this.pane.getBoundingClientRect().top;
    const read = this.lines().find((line) => line.getBoundingClientRect().bottom > top);
    const before = read?.getBoundingClientRect().top;
    change();
    this.settle();
    if (read?.isConnected) {
      const moved = read.getBoundingClientRect().top - before;
      if (Math.abs(moved) > 0.5) this.pane.scrollTop += moved;
    }
    this.top = this.pane.scrollTop;
  }

  isFiltered() {
    return Boolean(this.search.value) || this.levels().length < this.boxes.length;
  }

  unfilter() {
    if (!this.isFiltered()) return;
    this.search.value = "";
    this.boxes.forEach((box) => { box.checked = true; });
    this.matches = null;
    history.replaceState(history.state, "", location.pathname);
  }

  levels() {
    return this.boxes.filter((box) => box.checked).map((box) => box.value);
  }

  isFollowing() {
    return this.followButton.getAttribute("aria-pressed") === "true";
  }

  follow(on) {
    this.followButton.setAttribute("aria-pressed", String(on));
    if (on) this.unseen = 0;
    this.tell();
  }

  toEnd() {
    this.pane.scrollTop = this.pane.scrollHeight;
    this.top = this.pane.scrollTop;
  }

  async goToEnd() {
    const wasFiltered = this.isFiltered();
    this.unfilter();
    if (wasFiltered || this.end() < this.last || !this.list.children.length) await this.load(Math.max(this.first - 1, this.last - PAGE));
    this.follow(this.isLive);
    this.toEnd();
  }

  async goToStart() {
    this.unfilter();
    this.follow(false);
    if (this.start() > this.first) await this.load(this.first - 1);
    this.pane.scrollTop = 0;
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.pane;
    // Only a person scrolls up: new lines and a smaller pane never end the following.
    if (this.isFollowing() && scrollTop < this.top && scrollHeight - scrollTop - clientHeight > NEAR_END_PIXELS) this.follow(false);
    this.top = scrollTop;
    this.fillSoon();
  }

  fillSoon() {
    if (this.filling) return;
    this.filling = requestAnimationFrame(() => { this.filling = 0; this.fill(); });
  }

  // Fetch what comes into sight, a page at a time, and drop what is far away.
  async fill() {
    if (this.loading || this.isFiltered() || this.last < this.first) return;
    const { scrollTop, clientHeight } = this.pane;
    const start = this.above.offsetHeight;
    const end = start + this.list.offsetHeight;
    const near = AHEAD * this.height;
    if (scrollTop + clientHeight < start - near || scrollTop > end + near) await this.leap(scrollTop, end);
    else if (scrollTop < start + near && this.start() > this.first) await this.extendUp();
    else if (scrollTop + clientHeight > end - near && this.end() < this.last) await this.extendDown();
    else return;
    this.fillSoon();
  }

  async leap(scrollTop, end) {
    const line = scrollTop > end
      ? this.end() + Math.floor((scrollTop - end) / this.height) + 1
      : this.first + Math.floor(scrollTop / this.height);
    if (!await this.load(Math.max(this.first - 1, line - PAGE / 2))) return;
    // What was reckoned is now measured: the line that was meant comes to where the reader is.
    const meant = document.getElementById(`L${line}`);
    if (meant && this.height !== LINE_PIXELS) this.pane.scrollTop += meant.getBoundingClientRect().top - this.pane.getBoundingClientRect().top;
    this.top = this.pane.scrollTop;
  }

  async extendUp() {
    const after = Math.max(this.first - 1, this.start() - PAGE - 1);
    const lines = await this.fetch(after, this.start() - after - 1);
    if (lines?.length) this.steadily(() => { this.list.prepend(...lines); this.lines().slice(WINDOW).forEach((line) => line.remove()); });
  }

  async extendDown() {
    const lines = await this.fetch(this.end(), PAGE);
    if (lines?.length) this.steadily(() => { this.list.append(...lines); this.lines().slice(0, -WINDOW).forEach((line) => line.remove()); });
  }

  async load(after) {
    this.loading = null;
    const lines = await this.fetch(after, PAGE);
    if (!lines) return false;
    this.list.replaceChildren(...lines);
    this.settle();
    return true;
  }

  async fetch(after, limit) {
    const asked = this.loading = fetch(`${this.url}?${this.query({ after, limit })}`);
    try {
      const answer = await asked;
      const html = await answer.text();
      if (this.loading !== asked) return null;
      if (!answer.ok) throw new Error(REASONS[answer.status] || `The server answered ${answer.status}. Try again in a moment.`);
      this.first = Number(answer.headers.get("thakur-first"));
      this.last = Math.max(this.last, Number(answer.headers.get("thakur-last")));
      this.matches = answer.headers.has("thakur-matches") ? Number(answer.headers.get("thakur-matches")) : null;
      return this.parsed(html);
    } catch (failure) {
      if (this.loading === asked) this.warn(failure instanceof TypeError ? "The server cannot be reached." : failure.message);
      return null;
    } finally {
      if (this.loading === asked) this.loading = null;
    }
  }

  query(more) {
    const query = new URLSearchParams(more);
    if (this.search.value) query.set("q", this.search.value);
    if (this.levels().length < this.boxes.length) this.levels().forEach((level) => query.append("level", level));
    return query;
  }

  parsed(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return [...holder.content.children].map((line) => this.mark(line));
  }

  async filter() {
    const query = this.query();
    history.replaceState(history.state, "", query.size ? `?${query}` : location.pathname);
    this.loading = null;
    if (!this.isFiltered()) { this.matches = null; await this.goToEnd(); return; }
    this.follow(false);
    const lines = this.levels().length ? await this.fetch(0, WINDOW) : [];
    if (!lines) return;
    if (!this.levels().length) this.matches = 0;
    this.list.replaceChildren(...lines);
    this.settle();
    this.pane.scrollTop = 0;
    this.tell();
  }

  mark(line) {
    const words = this.search.value.toLowerCase();
    if (!words) return line;
    const walker = document.createTreeWalker(line.querySelector("code"), NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      for (let at = text.data.toLowerCase().lastIndexOf(words); at >= 0; at = at ? text.data.toLowerCase().lastIndexOf(words, at - 1) : -1) {
        if (at + words.length > text.data.length) continue;
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + words.length);
        range.surroundContents(document.createElement("mark"));
      }
    }
    return line;
  }

  // New lines come in batches; they are put in once a frame, and only where the reader is at the end.
  arrive(html, number) {
    if (number <= this.last) return;
    this.waiting.push(html);
    this.last = number;
    if (this.waiting.length === 1) requestAnimationFrame(() => this.place());
  }

  place() {
    if (!this.waiting.length) return;
    const lines = this.parsed(this.waiting.join(""));
    this.waiting = [];
    // `last` is of these lines already, so an empty list has no end.
    const end = this.list.children.length ? this.end() : 0;
    const fresh = lines.filter((line) => numberOf(line) > end);
    if (!this.isFollowing()) {
      this.unseen += fresh.length;
      this.settle();
    } else if (!fresh.length || numberOf(fresh[0]) === end + 1 || !this.list.children.length) {
      this.list.append(...fresh.slice(-WINDOW));
      this.lines().slice(0, -WINDOW).forEach((line) => line.remove());
      this.settle();
      this.toEnd();
    } else {
      this.goToEnd();
    }
    this.tell();
  }

  cleared(next) {
    this.first = next;
    this.last = Math.max(this.last, next - 1);
    for (const line of this.lines()) if (numberOf(line) < next) line.remove();
    this.settle();
    this.tell("This log was cleared.");
  }

  // `hash` may name a stretch: #L120-L130.
  async show(number, hash = `#L${number}`) {
    if (!document.getElementById(`L${number}`) || this.isFiltered()) {
      this.unfilter();
      await this.load(Math.max(this.first - 1, number - PAGE / 2));
    }
    this.follow(false);
    const line = document.getElementById(`L${number}`);
    if (!line) { this.tell(`There is no line ${number.toLocaleString("en")}.`); return; }
    history.replaceState(history.state, "", `${location.pathname}${location.search.replace(/[?&]line=\d+/, "")}${hash || `#L${number}`}`);
    this.linked = [number, Number((hash || "").match(/-L(\d+)$/)?.[1] || number)].sort((a, b) => a - b);
    this.paint();
    line.scrollIntoView({ block: "center" });
    this.top = this.pane.scrollTop;
  }

  paint() {
    const [from, to] = this.linked || [0, -1];
    this.lines().forEach((line) => line.classList.toggle("linked", numberOf(line) >= from && numberOf(line) <= to));
  }

  clicked(event) {
    const at = event.target.closest("u");
    if (!at) return;
    const number = numberOf(at.parentElement);
    if (event.shiftKey && this.linked) this.show(this.linked[0], `#L${this.linked[0]}-L${number}`);
    else this.show(number);
  }

  tell(words) {
    if (this.isLost) return;
    this.paint();
    this.note.classList.remove("warn");
    const state = document.createElement("span");
    const count = Math.max(0, this.last - this.first + 1);
    if (this.isFiltered() && this.matches != null) state.textContent = `${this.list.children.length.toLocaleString("en")} of ${count.toLocaleString("en")} lines${this.matches > this.list.children.length ? `, the first of ${this.matches.toLocaleString("en")} that match` : " match"}`;
    else state.textContent = `${this.isLive ? "live" : "ended"} · ${count.toLocaleString("en")} line${count === 1 ? "" : "s"}`;
    this.note.replaceChildren(state);
    if (words) this.note.append(Object.assign(document.createElement("span"), { textContent: words }));
    if (this.unseen && !this.isFollowing()) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: `${this.unseen.toLocaleString("en")} new line${this.unseen === 1 ? "" : "s"}` });
      this.note.append(button);
    }
  }

  warn(words) {
    this.note.classList.add("warn");
    this.note.replaceChildren(Object.assign(document.createElement("span"), { textContent: words }));
  }

  lost(status, connection) {
    this.isLost = true;
    this.warn(REASONS[status] || `Connection lost, trying again. No line is lost: the log goes on from line ${(this.last + 1).toLocaleString("en")}.`);
    const again = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: "Try now" });
    again.addEventListener("click", (event) => { event.stopPropagation(); connection?.delayCanceller?.(); });
    if (connection && !REASONS[status]) this.note.append(again);
  }

  back() {
    if (!this.isLost) return;
    this.isLost = false;
    this.tell();
  }

  ended() {
    // What came with the end waits for its frame, and is followed to its place like the rest.
    if (this.waiting.length) this.place();
    this.isLive = false;
    this.isLost = false;
    this.follow(false);
  }

  // The window has what was read lately; errors beyond it are asked for.
  async nextError(step) {
    const pane = this.pane.getBoundingClientRect();
    const middle = (pane.top + pane.bottom) / 2;
    const centre = (line) => { const box = line.getBoundingClientRect(); return (box.top + box.bottom) / 2; };
    const here = this.errorAt ?? this.lines().findLast((line) => centre(line) <= middle)?.id.slice(1) ?? 0;
    const errors = this.lines().filter((line) => line.dataset.l === "error").map(numberOf);
    const found = step > 0 ? errors.find((number) => number > here) : errors.findLast((number) => number < here);
    const next = found ?? await this.errorBeyond(step);
    if (next) { await this.show(next); this.errorAt = next; }
  }

  async errorBeyond(step) {
    if (this.isFiltered() || step < 0) return null;
    const answer = await fetch(`${this.url}?${new URLSearchParams({ after: this.end(), limit: 1, level: "error" })}`);
    const [line] = answer.ok ? this.parsed(await answer.text()) : [];
    return line ? numberOf(line) : null;
  }

  copyVisible() {
    const box = this.pane.getBoundingClientRect();
    const seen = [...this.list.children].filter((line) => { const at = line.getBoundingClientRect(); return at.bottom > box.top && at.top < box.bottom; });
    copyText(seen.map((line) => [...line.children].slice(1).map((part) => part.textContent).join(" ")).join("\n"));
  }

  copyLink() {
    const found = location.hash.match(/^#L\d+/);
    const first = [...this.list.children].find((line) => line.getBoundingClientRect().top >= this.pane.getBoundingClientRect().top);
    const name = found ? found[0] : first ? `#${first.id}` : "";
    copyText(location.origin + location.pathname + (found ? location.hash : name));
  }

  toggle(selector, name, isOn) {
    const button = this.section.querySelector(selector);
    button.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(pressed));
      this.pane.classList.toggle(name, pressed === isOn);
      this.height = 0;
      this.steadily(() => this.measure());
      if (this.isFollowing()) this.toEnd();
    });
  }
}

const numberOf = (line) => Number(line.id.slice(1));
const copyText = (text) => document.dispatchEvent(new CustomEvent("thakur:copy", { detail: text }));

const section = document.querySelector("section.log[data-url]");
const stream = document.querySelector("[data-log-stream]");
if (section) {
  const viewer = new LogViewer(section);
  if (stream) {
    stream.addEventListener("log", (event) => viewer.arrive(event.detail.data, Number(event.detail.id)));
    stream.addEventListener("cleared", (event) => viewer.cleared(Number(event.detail.data)));
    stream.addEventListener("ended", () => viewer.ended());
    stream.addEventListener("end", () => viewer.ended());
    stream.addEventListener("htmx:sse:error", (event) => viewer.lost(event.detail?.status, event.detail?.connection));
    stream.addEventListener("htmx:sse:after:connection", () => viewer.back());
  }
  // Single keys are for reading, not for typing.
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    if (event.key.length === 1 && "noKeys" in document.documentElement.dataset) return;
    const act = {
      f: () => viewer.followButton.click(),
      w: () => section.querySelector("[data-log-wrap]").click(),
      t: () => section.querySelector("[data-log-time]").click(),
      n: () => viewer.nextError(1),
      N: () => viewer.nextError(-1),
      Home: () => viewer.goToStart(),
      End: () => viewer.goToEnd(),
      "/": () => viewer.search.focus(),
    }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
}
