// The palette and the keys. Single keys never fire while someone types.
const palette = document.getElementById("palette");
const field = palette?.querySelector("input");

const open = (event) => {
  event?.preventDefault();
  palette.showModal();
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

const options = () => [...palette.querySelectorAll("[role=option]")];
const select = (index) => {
  const all = options();
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
  all[index]?.scrollIntoView({ block: "nearest" });
};

if (palette) {
  document.querySelectorAll("[data-palette]").forEach((link) => link.addEventListener("click", open));
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
  palette.addEventListener("submit", (event) => {
    event.preventDefault();
    palette.querySelector("[aria-selected=true] a")?.click();
  });
  palette.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = options();
    select((all.findIndex((option) => option.getAttribute("aria-selected") === "true") + step + all.length) % all.length);
  });
}

let before = "";
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return open(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  if ("noKeys" in document.documentElement.dataset) return;
  if (event.key === "?") { event.preventDefault(); document.getElementById("keys")?.showModal(); return; }
  const key = event.key.toLowerCase();
  const place = before === "g" && { p: "/projects", e: "/edges", a: "/account" }[key];
  before = key;
  if (place) { location.href = place; return; }
  if (/^[1-9]$/.test(key)) document.querySelectorAll(".tabs a")[Number(key) - 1]?.click();
  if (key === "c") document.querySelector('a[href="/projects/new"]')?.click();
  if (key === "/" && !document.querySelector("[data-log-search]")) { event.preventDefault(); document.querySelector("main input[type=search]")?.focus(); }
  if (key === "j" || key === "k") {
    const links = [...document.querySelectorAll("main .rows .what > a:first-child")];
    const at = links.indexOf(document.activeElement) + (key === "j" ? 1 : -1);
    links[Math.max(0, Math.min(links.length - 1, at))]?.focus();
  }
});
