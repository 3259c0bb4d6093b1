// What every page can do a little better with scripts: nothing here is needed to get anything done.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Theme: painted at once, and kept by the server, so that the next page comes in it.
const root = document.documentElement;
const paint = (theme) => theme === "auto" ? root.removeAttribute("data-theme") : root.setAttribute("data-theme", theme);
addEventListener("change", (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form) return;
  paint(event.target.value);
  fetch(form.action, { method: "post", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
});

// Copying says so, beside the button and aloud.
const toast = (text) => {
  const note = Object.assign(document.createElement("p"), { className: "flash", textContent: text });
  document.querySelector(".toasts").append(note);
  setTimeout(() => note.remove(), 4000);
};
const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast("Copying is not allowed here. Select the text instead.");
  }
};
addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button.dataset.copy);
});
document.addEventListener("thakur:copy", (event) => copy(event.detail));

// Dialogs open by name.
addEventListener("click", (event) => {
  const button = event.target.closest("[data-dialog]");
  if (button) document.getElementById(button.dataset.dialog).showModal();
});

// What is made below a long list is where the reader looks while it is made.
addEventListener("click", (event) => {
  const link = event.target.closest("[hx-indicator]");
  if (link) setTimeout(() => document.querySelector(link.getAttribute("hx-indicator"))?.scrollIntoView());
});

// Menus close on Escape and on a click elsewhere.
const closeMenus = (except) => all("details.menu[open]").forEach((menu) => {
  if (menu === except) return;
  const hadFocus = menu.contains(document.activeElement);
  menu.open = false;
  if (hadFocus) menu.querySelector("summary").focus();
});
addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(); });

// Running times tick until the server says the figure.
setInterval(() => all("time[data-since]").forEach((time) => {
  time.textContent = `${Math.max(0, (Date.now() - Date.parse(time.dataset.since)) / 1000).toFixed(0)} s`;
}), 1000);

// The title says what goes on, also in a tab that is not looked at.
setInterval(() => {
  const title = document.querySelector("[data-title]")?.dataset.title;
  if (title && document.title !== title) document.title = title;
}, 1000);
