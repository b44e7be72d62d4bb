// <ko-clock since="…Z" [until="…Z"] [limit="300"]>00:47</ko-clock>
// A running stopwatch; it stands still once `until` is known and is marked when over its limit.
import { everySecond } from "../core/clock";
import { pageLocale, say } from "../core/texts";
import { clockText } from "../core/times";

export class ClockElement extends HTMLElement {
  static readonly observedAttributes = ["since", "until", "limit"];
  #stop: (() => void) | null = null;

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
    const since = Date.parse(this.getAttribute("since") ?? "");
    if (Number.isNaN(since)) return;
    const until = Date.parse(this.getAttribute("until") ?? "");
    const running = Number.isNaN(until);
    const seconds = ((running ? now : until) - since) / 1000;
    const limit = Number(this.getAttribute("limit") ?? "0");
    const over = limit > 0 && seconds > limit;
    const words = clockText(seconds, { locale: pageLocale() });
    if (words !== this.textContent) this.textContent = words;
    this.toggleAttribute("data-running", running);
    this.toggleAttribute("data-over", over);
    if (over) this.title = say("over_limit");
    else this.removeAttribute("title");
  }
}

customElements.define("ko-clock", ClockElement);
