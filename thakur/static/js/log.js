// The log viewer: a window of at most 1,000 lines over a log of any length. The server makes every line; this moves them.
const WINDOW = 1000;
const PAGE = 500;
const LINE_PIXELS = 20;
const NEAR_END_PIXELS = 24;

class LogViewer {
  constructor(section) {
    this.section = section;
    this.pane = section.querySelector(".log-pane");
    this.list = this.pane.querySelector("ol");
    this.note = section.querySelector("[data-log-note]");
    this.search = section.querySelector("[data-log-search]");
    this.followButton = section.querySelector("[data-log-follow]");
    this.url = section.dataset.url;
    this.first = Number(section.dataset.first);
    this.last = Number(section.dataset.last);
    this.isLive = "live" in section.dataset;
    this.unseen = 0;
    this.waiting = [];
    this.loading = null;
    this.above = this.pane.insertBefore(document.createElement("div"), this.list);
    this.below = this.pane.appendChild(document.createElement("div"));
    this.listen();
    this.settle();
    const linked = location.hash.match(/^#L(\d+)/);
    if (linked) this.show(Number(linked[1]));
    else this.follow(this.isLive && !this.isFiltered());
    if (!linked && this.isLive) this.toEnd();
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
    addEventListener("hashchange", () => { const found = location.hash.match(/^#L(\d+)/); if (found) this.show(Number(found[1])); });
  }

  // Where the window lies: the heights of what is not in it are spacers, so the scroll bar tells the truth.
  settle() {
    const rows = this.list.children;
    const start = rows.length ? numberOf(rows[0]) : this.last + 1;
    const end = rows.length ? numberOf(rows[rows.length - 1]) : this.last;
    const isPart = !this.isFiltered();
    this.above.style.height = `${isPart ? Math.max(0, start - this.first) * LINE_PIXELS : 0}px`;
    this.below.style.height = `${isPart ? Math.max(0, this.last - end) * LINE_PIXELS : 0}px`;
  }

  isFiltered() {
    return Boolean(this.search.value) || this.levels().length < this.section.querySelectorAll("[data-log-level]").length;
  }

  levels() {
    return [...this.section.querySelectorAll("[data-log-level]:checked")].map((box) => box.value);
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
  }

  async goToEnd() {
    if (this.isFiltered()) { this.search.value = ""; this.section.querySelectorAll("[data-log-level]").forEach((box) => { box.checked = true; }); }
    await this.load(Math.max(this.first - 1, this.last - PAGE));
    this.follow(true);
    this.toEnd();
  }

  scrolled() {
    const fromEnd = this.pane.scrollHeight - this.pane.scrollTop - this.pane.clientHeight;
    if (this.isFollowing() && fromEnd > NEAR_END_PIXELS) this.follow(false);
    if (!this.loading) requestAnimationFrame(() => this.fill());
  }

  // Fetch what comes into sight, a page at a time, and drop what is far away.
  async fill() {
    if (this.loading || this.isFiltered() || this.last < this.first) return;
    const rows = this.list.children;
    const top = this.first + Math.floor(this.pane.scrollTop / LINE_PIXELS);
    const bottom = top + Math.ceil(this.pane.clientHeight / LINE_PIXELS);
    const start = rows.length ? numberOf(rows[0]) : this.last + 1;
    const end = rows.length ? numberOf(rows[rows.length - 1]) : this.last;
    if (this.pane.classList.contains("wrap")) return this.fillWrapped(start, end);
    if (bottom < start - PAGE || top > end + PAGE) await this.load(Math.max(this.first - 1, top - PAGE / 2));
    else if (top < start + 50 && start > this.first) await this.extend(Math.max(this.first - 1, start - PAGE - 1), true);
    else if (bottom > end - 50 && end < this.last) await this.extend(end, false);
  }

  async fillWrapped(start, end) {
    if (this.pane.scrollTop < this.above.offsetHeight + 500 && start > this.first) await this.extend(Math.max(this.first - 1, start - PAGE - 1), true);
    else if (this.pane.scrollTop + this.pane.clientHeight > this.pane.scrollHeight - this.below.offsetHeight - 500 && end < this.last) await this.extend(end, false);
  }

  async extend(after, isAbove) {
    const rows = this.list.children;
    const limit = isAbove ? numberOf(rows[0]) - after - 1 : PAGE;
    const lines = await this.fetch(after, limit);
    if (!lines) return;
    const edge = isAbove ? rows[0] : null;
    const before = edge ? edge.offsetTop : 0;
    if (isAbove) { this.list.prepend(...lines); while (rows.length > WINDOW) this.list.lastElementChild.remove(); }
    else { this.list.append(...lines); while (rows.length > WINDOW) this.list.firstElementChild.remove(); }
    this.settle();
    if (edge && edge.isConnected && this.pane.classList.contains("wrap")) this.pane.scrollTop += edge.offsetTop - before - this.above.offsetHeight;
  }

  async load(after) {
    const lines = await this.fetch(after, PAGE);
    if (!lines) return;
    this.list.replaceChildren(...lines);
    this.settle();
  }

  async fetch(after, limit) {
    const query = new URLSearchParams({ after, limit });
    if (this.search.value) query.set("q", this.search.value);
    const levels = this.levels();
    if (levels.length < this.section.querySelectorAll("[data-log-level]").length) levels.forEach((level) => query.append("level", level));
    const asked = this.loading = fetch(`${this.url}?${query}`);
    try {
      const answer = await asked;
      if (this.loading !== asked) return null;
      if (!answer.ok) throw new Error(answer.status === 401 ? "You are signed out. Sign in again in another tab." : `The server answered ${answer.status}.`);
      this.first = Number(answer.headers.get("thakur-first"));
      this.last = Math.max(this.last, Number(answer.headers.get("thakur-last")));
      this.matches = answer.headers.has("thakur-matches") ? Number(answer.headers.get("thakur-matches")) : null;
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      return [...holder.content.querySelectorAll("li")].map((line) => this.mark(line));
    } catch (failure) {
      this.warn(failure.message);
      return null;
    } finally {
      if (this.loading === asked) this.loading = null;
    }
  }

  async filter() {
    const query = new URLSearchParams();
    if (this.search.value) query.set("q", this.search.value);
    const boxes = this.section.querySelectorAll("[data-log-level]");
    if (this.levels().length < boxes.length) this.levels().forEach((level) => query.append("level", level));
    history.replaceState(history.state, "", query.size ? `?${query}` : location.pathname);
    this.loading = null;
    if (!this.isFiltered()) { await this.goToEnd(); return; }
    this.follow(false);
    const lines = this.levels().length ? await this.fetch(0, WINDOW) : [];
    if (!lines) return;
    if (!this.levels().length) this.matches = 0;
    this.list.replaceChildren(...lines);
    this.settle();
    this.tell();
  }

  mark(line) {
    const words = this.search.value.toLowerCase();
    if (!words) return line;
    const walker = document.createTreeWalker(line.querySelector("code"), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const at = walker.currentNode.data.toLowerCase().indexOf(words);
      if (at >= 0) found.push([walker.currentNode, at]);
    }
    for (const [text, at] of found) {
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + words.length);
      range.surroundContents(document.createElement("mark"));
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
    const holder = document.createElement("template");
    holder.innerHTML = this.waiting.join("");
    this.waiting = [];
    const lines = [...holder.content.querySelectorAll("li")];
    const rows = this.list.children;
    const end = rows.length ? numberOf(rows[rows.length - 1]) : numberOf(lines[0]) - 1;
    const isNext = numberOf(lines[0]) === end + 1;
    if (this.isFollowing() && isNext) {
      this.list.append(...lines.slice(-WINDOW));
      while (rows.length > WINDOW) this.list.firstElementChild.remove();
    } else if (this.isFollowing()) {
      this.goToEnd();
    } else {
      this.unseen += lines.length;
    }
    this.settle();
    this.tell();
    if (this.isFollowing()) this.toEnd();
  }

  cleared(next) {
    this.first = next;
    this.last = Math.max(this.last, next - 1);
    for (const line of [...this.list.children]) if (numberOf(line) < next) line.remove();
    this.settle();
    this.tell("This log was cleared.");
  }

  async show(number) {
    if (!document.getElementById(`L${number}`)) {
      if (this.isFiltered()) { this.search.value = ""; this.section.querySelectorAll("[data-log-level]").forEach((box) => { box.checked = true; }); }
      await this.load(Math.max(this.first - 1, number - PAGE / 2));
    }
    this.follow(false);
    const line = document.getElementById(`L${number}`);
    if (!line) { this.tell(`There is no line ${number.toLocaleString("en")}.`); return; }
    history.replaceState(history.state, "", `${location.pathname}${location.search}#L${number}`);
    location.hash = `#L${number}`;
    line.scrollIntoView({ block: "center" });
  }

  clicked(event) {
    const number = event.target.closest("u");
    if (number) this.show(numberOf(number.parentElement));
  }

  tell(words) {
    if (this.isLost) return;
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

  lost() {
    this.isLost = true;
    this.warn(`Connection lost, trying again. No line is lost: the log goes on from line ${(this.last + 1).toLocaleString("en")}.`);
  }

  back() {
    this.isLost = false;
    this.tell();
  }

  ended() {
    this.isLive = false;
    this.isLost = false;
    this.follow(false);
  }

  nextError(step) {
    const errors = [...this.list.querySelectorAll("[data-l=error]")];
    const here = this.pane.scrollTop + this.pane.clientHeight / 2;
    const middle = (line) => line.offsetTop - this.pane.offsetTop;
    const next = step > 0 ? errors.find((line) => middle(line) > here + LINE_PIXELS) : errors.reverse().find((line) => middle(line) < here - LINE_PIXELS);
    if (next) { this.follow(false); next.scrollIntoView({ block: "center" }); }
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
    copyText(location.origin + location.pathname + name);
  }

  toggle(selector, name, isOn) {
    const button = this.section.querySelector(selector);
    button.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(pressed));
      this.pane.classList.toggle(name, pressed === isOn);
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
    stream.addEventListener("end", () => viewer.ended());
    stream.addEventListener("htmx:sse:error", () => viewer.lost());
    stream.addEventListener("htmx:sse:after:connection", () => viewer.back());
  }
  // Single keys are for reading, not for typing.
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    const act = {
      f: () => viewer.followButton.click(),
      w: () => section.querySelector("[data-log-wrap]").click(),
      t: () => section.querySelector("[data-log-time]").click(),
      n: () => viewer.nextError(1),
      N: () => viewer.nextError(-1),
      Home: () => { viewer.follow(false); viewer.pane.scrollTop = 0; },
      End: () => viewer.goToEnd(),
      "/": () => viewer.search.focus(),
    }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
}
