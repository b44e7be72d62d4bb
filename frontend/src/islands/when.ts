// <ko-when at="2026-03-05T06:30:00Z" [mode="relative|both"] [soon="900"]>05 Mar 14:30</ko-when>
// Says an instant from now; the server's absolute text stays as the tooltip and without script.
import { everySecond } from "../core/clock";
import { pageLocale, pageTexts } from "../core/texts";
import { absoluteText, fullText, relativeText } from "../core/times";

/** Return the plant's zone, printed on <html data-zone>. */
export function plantZone(): string {
  return document.documentElement.dataset["zone"] ?? "UTC";
}

export class WhenElement extends HTMLElement {
  static readonly observedAttributes = ["at", "mode"];
  #stop: (() => void) | null = null;
  #shown = "";

  connectedCallback(): void {
    this.#stop ??= everySecond((now) => this.#show(now));
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#stop = null;
  }

  attributeChangedCallback(): void {
    if (this.#stop === null) return;
    this.disconnectedCallback();
    this.connectedCallback();
  }

  #show(now: number): void {
    const at = Date.parse(this.getAttribute("at") ?? "");
    if (Number.isNaN(at)) return;
    const zone = plantZone();
    const locale = pageLocale();
    const relative = relativeText(at, { now, zone, locale, texts: pageTexts() });
    const absolute = absoluteText(at, { now, zone, locale });
    const both = this.getAttribute("mode") === "both" && relative !== absolute;
    const words = both ? `${absolute} · ${relative}` : relative;
    const soon = Number(this.getAttribute("soon") ?? "0") * 1000;
    this.toggleAttribute("data-past", at <= now);
    this.toggleAttribute("data-soon", at > now && at - now <= soon);
    if (words === this.#shown) return;
    this.#shown = words;
    this.textContent = words;
    this.title = fullText(at, { zone, locale });
  }
}

customElements.define("ko-when", WhenElement);
