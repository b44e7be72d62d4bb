// What every page does: show that something runs, say what failed, close menus, load pictures when needed.
import htmx from "htmx.org";
import { ask } from "./core/ask";
import { assetUrl, element } from "./core/assets";
import { say } from "./core/texts";

const SHOW_BUSY_AFTER_MS = 300;
const PICTURES = "ko-ripple, ko-genealogy";

let running = 0;
let busyTimer: number | undefined;

function changeRunning(by: number): void {
  running = Math.max(0, running + by);
  window.clearTimeout(busyTimer);
  if (running === 0) document.documentElement.classList.remove("is-busy");
  else busyTimer = window.setTimeout(() => document.documentElement.classList.add("is-busy"), SHOW_BUSY_AFTER_MS);
}

/** Put a sentence where screen readers and eyes find it; the same sentence only once. */
function tell(text: string): void {
  const place = document.getElementById("messages");
  if (place === null) return;
  const shown = [...place.querySelectorAll(".ko-message span")];
  if (shown.some((message) => message.textContent === text)) return;
  const message = element("div", { className: "ko-message ko-message-error" });
  message.append(element("span", { text }), closeButton());
  place.append(message);
}

function closeButton(): HTMLButtonElement {
  const button = element("button", { className: "btn-close" });
  button.type = "button";
  button.dataset["dismiss"] = "";
  button.setAttribute("aria-label", say("close"));
  return button;
}

function loadPictures(): void {
  if (document.querySelector(PICTURES) !== null) void import(assetUrl("picture"));
}

function closeMenus(except: Node | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.ko-menu[open]")) {
    if (except === null || !menu.contains(except)) menu.open = false;
  }
}

/** A link to another view of this page swaps the part that changes; opened elsewhere it is a page. */
function askByLink(event: MouseEvent, link: HTMLAnchorElement | null): void {
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const form = document.getElementById(link.dataset["for"] ?? "");
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  ask(form, link.dataset["ask"] ?? "");
}

document.addEventListener("htmx:beforeRequest", () => changeRunning(1));
document.addEventListener("htmx:afterRequest", () => changeRunning(-1));
document.addEventListener("htmx:sendError", () => tell(say("request_unsent")));
document.addEventListener("htmx:timeout", () => tell(say("request_unsent")));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
  // The session ended: the page itself shows the sign-in form and comes back here.
  if (xhr.status === 401) location.reload();
  else tell(say(xhr.status === 403 ? "request_forbidden" : xhr.status === 429 ? "request_too_many" : "request_failed"));
});
document.addEventListener("htmx:load", loadPictures);
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  closeMenus(event.target);
  event.target.closest("[data-dismiss]")?.closest(".ko-message, .alert")?.remove();
  if (event.target.closest("[data-print]") !== null) window.print();
  askByLink(event, event.target.closest<HTMLAnchorElement>("a[data-ask]"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest<HTMLDetailsElement>("details.ko-menu[open]");
  closeMenus(null);
  open?.querySelector("summary")?.focus();
});
// A select that names its form's purpose by itself (filters) submits without a button when script runs.
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.dataset["submit"] !== undefined) {
    event.target.form?.requestSubmit();
  }
});
loadPictures();

// For the browser's console and for tests; pages never need it.
Object.assign(window, { htmx });
