// <ko-live url="/live" worker="/static/…/live.js" viewer="…">Live</ko-live>
// One stream per browser. Tells the page what happened and shows whether the page is still fed.
import { setServerTime } from "../core/clock";
import { LiveStream, type LiveEvent, type LiveStatus, wants } from "../core/live_stream";
import { pageLocale, say } from "../core/texts";
import { absoluteText } from "../core/times";
import type { FromWorker } from "../workers/live";
import { plantZone } from "./when";

// Several events of one disruption arrive within a breath: one refresh is enough.
const GATHER_MS = 120;
const FROZEN_MS = 60_000;
// htmx marks an element with it for as long as its request runs.
const IN_FLIGHT = "htmx-request";

export class LiveElement extends HTMLElement {
  #port: MessagePort | null = null;
  #stream: LiveStream | null = null;
  #dirty = new Set<Element>();
  #timer: number | undefined;
  #wasLost = false;
  #hiddenAt: number | null = null;

  connectedCallback(): void {
    document.addEventListener("visibilitychange", this.#seen);
    document.addEventListener("focusout", this.#left);
    document.addEventListener("htmx:afterRequest", this.#answered);
    window.addEventListener("pagehide", this.#leave);
    window.addEventListener("pageshow", this.#comeBack);
    this.#connect();
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.#seen);
    document.removeEventListener("focusout", this.#left);
    document.removeEventListener("htmx:afterRequest", this.#answered);
    window.removeEventListener("pagehide", this.#leave);
    window.removeEventListener("pageshow", this.#comeBack);
    this.#leave();
  }

  readonly #left = (): void => this.#refreshSoon();

  readonly #answered = (): void => this.#refreshSoon();

  readonly #seen = (): void => {
    if (document.hidden) {
      this.#hiddenAt = Date.now();
      return;
    }
    const away = Date.now() - (this.#hiddenAt ?? Date.now());
    this.#hiddenAt = null;
    // A frozen tab was dropped by the worker and has missed what happened.
    this.#port?.postMessage({ url: this.#address() });
    if (away > FROZEN_MS) this.#markAll();
    this.#refreshSoon();
  };

  readonly #leave = (): void => {
    this.#port?.postMessage("bye");
    this.#port?.close();
    this.#port = null;
    this.#stream?.close();
    this.#stream = null;
  };

  readonly #comeBack = (event: PageTransitionEvent): void => {
    if (!event.persisted) return;
    this.#connect();
    this.#markAll();
  };

  #connect(): void {
    if (!this.hasAttribute("url") || this.#port !== null || this.#stream !== null) return;
    const address = this.#address();
    const worker = this.getAttribute("worker");
    if (worker !== null && "SharedWorker" in window) this.#share(address, worker);
    else this.#openOwn(address);
  }

  #address(): string {
    return new URL(this.getAttribute("url") ?? "", location.href).href;
  }

  #share(address: string, worker: string): void {
    // Another person on the same tablet must not inherit the stream of the one before.
    const name = `ko-live ${this.getAttribute("viewer") ?? ""}`;
    const shared = new SharedWorker(worker, { name });
    shared.addEventListener("error", () => {
      this.#leave();
      this.#openOwn(address);
    });
    shared.port.addEventListener("message", (message: MessageEvent<FromWorker>) => this.#hear(message.data));
    shared.port.start();
    shared.port.postMessage({ url: address });
    this.#port = shared.port;
  }

  #openOwn(address: string): void {
    this.#stream = new LiveStream(address, {
      onEvent: (event) => this.#happened(event),
      onStatus: (status) => this.#show(status),
      onServerTime: setServerTime,
    });
    this.#stream.open();
  }

  #hear(message: FromWorker): void {
    if (message.kind === "event") this.#happened(message.event);
    else if (message.kind === "status") this.#show(message.status);
    else if (message.kind === "time") setServerTime(message.at);
    else this.#port?.postMessage("here");
  }

  #happened(event: LiveEvent): void {
    document.dispatchEvent(new CustomEvent("ko:event", { detail: event }));
    for (const element of document.querySelectorAll<HTMLElement>("[data-live]")) {
      if (wants(element.dataset["live"] ?? "", event)) this.#dirty.add(element);
    }
    this.#refreshSoon();
  }

  #markAll(): void {
    for (const element of document.querySelectorAll("[data-live]")) this.#dirty.add(element);
    this.#refreshSoon();
  }

  #refreshSoon(): void {
    if (this.#timer !== undefined || this.#dirty.size === 0) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = undefined;
      this.#refresh();
    }, GATHER_MS);
  }

  #refresh(): void {
    if (document.hidden) return;
    const busy = document.activeElement;
    const typing = busy?.matches("input, select, textarea") === true;
    for (const element of this.#takeDirty()) {
      // Never take a form away from under somebody's fingers; it is refreshed when they leave it.
      // An answer on its way may be older than what has happened since: ask again once it is here.
      if ((typing && element.contains(busy)) || element.classList.contains(IN_FLIGHT)) this.#dirty.add(element);
      else element.dispatchEvent(new CustomEvent("live"));
    }
  }

  /** Empty the set; what a refresh has replaced meanwhile is taken by what stands in its place. */
  #takeDirty(): Set<Element> {
    const taken = new Set<Element>();
    for (const element of this.#dirty) {
      const current = element.isConnected ? element : document.getElementById(element.id);
      if (current !== null) taken.add(current);
    }
    this.#dirty.clear();
    return taken;
  }

  #show(status: LiveStatus): void {
    if (status.state === "open" && this.#wasLost) this.#markAll();
    this.#wasLost = status.state === "lost" || (this.#wasLost && status.state !== "open");
    this.dataset["state"] = status.state;
    const label = this.querySelector("[data-text]") ?? this;
    const words = this.#words(status);
    if (label.textContent !== words) label.textContent = words;
    this.title = words;
    document.dispatchEvent(new CustomEvent("ko:live", { detail: status }));
  }

  #words(status: LiveStatus): string {
    if (status.state === "open") return say("live_open");
    if (status.state === "refused") return say("live_signed_out");
    if (status.since === null) return say("live_connecting");
    const options = { now: Date.now(), zone: plantZone(), locale: pageLocale() };
    return say("live_lost", { at: absoluteText(status.since, options) });
  }
}

customElements.define("ko-live", LiveElement);
