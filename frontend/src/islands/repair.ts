// <ko-repair since="…Z" max="14400"><svg>…<line data-chosen></svg><form><input type="range">…</form></ko-repair>
// The slider of the repair-time curve: says the time while it is dragged and asks for the orders at it.
import { pageLocale } from "../core/texts";
import { absoluteText, spanText } from "../core/times";
import { trailing } from "../core/trailing";
import { plantZone } from "./when";

// A hand on the slider makes an event every few milliseconds; people read a list four times a second at most.
const ASK_EVERY_MS = 80;

export class RepairElement extends HTMLElement {
  #ask: (() => void) | null = null;

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (form === null) return;
    this.#ask = trailing(() => form.dispatchEvent(new CustomEvent("ko:repair", { bubbles: true })), ASK_EVERY_MS);
    this.addEventListener("input", this.#dragged);
    this.addEventListener("click", this.#pressed);
    this.#say();
  }

  disconnectedCallback(): void {
    this.removeEventListener("input", this.#dragged);
    this.removeEventListener("click", this.#pressed);
  }

  readonly #dragged = (): void => {
    this.#say();
    this.#ask?.();
  };

  readonly #pressed = (event: Event): void => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-repair]") : null;
    const range = this.#range();
    if (button === null || range === null) return;
    range.value = button.dataset["repair"] ?? range.value;
    this.#dragged();
  };

  #range(): HTMLInputElement | null {
    return this.querySelector('input[type="range"]');
  }

  #say(): void {
    const range = this.#range();
    if (range === null) return;
    const seconds = range.valueAsNumber;
    const locale = pageLocale();
    const words = spanText(seconds, { locale });
    const since = Date.parse(this.getAttribute("since") ?? "");
    range.setAttribute("aria-valuetext", words);
    this.#write("[data-repair-text]", words);
    if (!Number.isNaN(since)) {
      const at = since + seconds * 1000;
      this.#write("[data-repair-until]", absoluteText(at, { now: Date.now(), zone: plantZone(), locale }));
    }
    const share = `${(100 * seconds) / Math.max(Number(range.max), 1)}%`;
    for (const end of ["x1", "x2"]) this.querySelector("[data-chosen]")?.setAttribute(end, share);
    for (const button of this.querySelectorAll<HTMLElement>("[data-repair]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset["repair"]) === seconds));
    }
  }

  #write(place: string, words: string): void {
    const found = this.querySelector(place);
    if (found !== null && found.textContent !== words) found.textContent = words;
  }
}

customElements.define("ko-repair", RepairElement);
