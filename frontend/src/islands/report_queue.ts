// The visible queue under the report form: what waits, what was refused, what arrived.
import { mergeQueues, nextAttempt, type QueuedReport, type Receipt, retry } from "../core/outbox";
import { flush } from "../core/outbox_sender";
import { openOutbox, type OutboxStore } from "../core/outbox_store";
import { element, icon } from "../core/assets";
import { pageLocale, say, sayCounted } from "../core/texts";
import { absoluteText } from "../core/times";
import { plantZone } from "./when";

interface QueueOptions {
  readonly action: string;
  readonly sessionUrl: string;
  readonly place: HTMLElement | null;
}

interface SyncManager {
  register(tag: string): Promise<void>;
}

const CHANNEL = "ko-reports";
const RECEIPTS_SHOWN = 5;

export class ReportQueue {
  readonly #host: HTMLElement;
  readonly #options: QueueOptions;
  readonly #channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
  #store: OutboxStore | null = null;
  #queue: QueuedReport[] = [];
  #receipts: Receipt[] = [];
  #signIn = false;
  #busy = false;
  #timer: number | undefined;

  constructor(host: HTMLElement, options: QueueOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Open the store, show what is there and try to send it. */
  async start(): Promise<void> {
    window.addEventListener("online", this.#try);
    document.addEventListener("visibilitychange", this.#try);
    this.#channel?.addEventListener("message", this.#heard);
    this.#options.place?.addEventListener("click", (event) => void this.#clicked(event));
    try {
      this.#store = await openOutbox();
    } catch {
      // Private windows may have no IndexedDB; `add` then refuses and the form is sent plainly.
      return;
    }
    await this.#reload();
    await this.#flush();
  }

  stop(): void {
    window.removeEventListener("online", this.#try);
    document.removeEventListener("visibilitychange", this.#try);
    this.#channel?.close();
    window.clearTimeout(this.#timer);
  }

  /** Keep a report on the device, then send it. Throws when the device cannot keep it. */
  async add(report: QueuedReport): Promise<void> {
    this.#store ??= await openOutbox();
    await this.#store.put(report);
    await this.#reload();
    this.#channel?.postMessage("changed");
    await this.#askBackgroundSync();
    void this.#flush();
  }

  readonly #try = (): void => {
    if (!document.hidden) void this.#flush();
  };

  readonly #heard = (message: MessageEvent<unknown>): void => {
    const data = message.data as { receipts?: Receipt[] } | string;
    if (typeof data === "object" && data.receipts !== undefined) this.#arrived(data.receipts);
    void this.#reload();
  };

  async #reload(): Promise<void> {
    if (this.#store === null) return;
    const [stored, sent] = await Promise.all([this.#store.all(), this.#store.sentIds()]);
    const ids = new Set(stored.map((report) => report.id));
    this.#queue = mergeQueues(
      this.#queue.filter((report) => ids.has(report.id)),
      stored,
      sent,
    );
    this.#show();
  }

  async #flush(): Promise<void> {
    if (this.#store === null || this.#busy) return;
    this.#busy = true;
    try {
      const { action, sessionUrl } = this.#options;
      const result = await flush({ store: this.#store, action, sessionUrl, now: Date.now });
      this.#signIn = result.signIn;
      this.#arrived(result.receipts);
      if (result.receipts.length > 0) this.#channel?.postMessage("changed");
    } finally {
      this.#busy = false;
    }
    await this.#reload();
    this.#plan();
  }

  #plan(): void {
    window.clearTimeout(this.#timer);
    const now = Date.now();
    const next = nextAttempt(this.#queue, now);
    // While offline the same report stays due: look again in a few seconds, not in a tight loop.
    if (next !== null) this.#timer = window.setTimeout(this.#try, Math.max(5000, next - now));
  }

  #arrived(receipts: readonly Receipt[]): void {
    if (receipts.length === 0) return;
    this.#receipts = [...receipts, ...this.#receipts].slice(0, RECEIPTS_SHOWN);
    for (const detail of receipts) this.#host.dispatchEvent(new CustomEvent("ko:sent", { bubbles: true, detail }));
    this.#show();
  }

  async #askBackgroundSync(): Promise<void> {
    if (!("serviceWorker" in navigator)) return;
    const registration = await navigator.serviceWorker.getRegistration();
    const sync = (registration as { sync?: SyncManager } | undefined)?.sync;
    // Refused by some browsers without a gesture; the page itself sends too.
    await sync?.register(CHANNEL).catch(() => undefined);
  }

  async #clicked(event: MouseEvent): Promise<void> {
    if (!(event.target instanceof Element) || this.#store === null) return;
    const button = event.target.closest<HTMLButtonElement>("button[data-id]");
    const report = this.#queue.find((entry) => entry.id === button?.dataset["id"]);
    if (button === null || report === undefined) return;
    if (button.dataset["act"] === "drop") await this.#store.remove(report.id, Date.now());
    else await this.#store.put(retry(report, Date.now()));
    await this.#reload();
    await this.#flush();
  }

  #show(): void {
    const { place } = this.#options;
    if (place === null) return;
    const refused = this.#queue.filter((report) => report.state === "refused");
    const waiting = this.#queue.length - refused.length;
    const parts: HTMLElement[] = this.#receipts.map(receiptRow);
    if (waiting > 0) parts.push(this.#waitingRow(waiting));
    for (const report of this.#queue) parts.push(reportRow(report));
    place.replaceChildren(...parts);
    this.#host.dataset["waiting"] = String(waiting);
    this.#host.dispatchEvent(new CustomEvent("ko:queue", { bubbles: true, detail: { waiting, refused: refused.length } }));
  }

  #waitingRow(waiting: number): HTMLElement {
    const row = element("p", { className: "ko-queue-count" });
    const words = this.#signIn ? sayCounted("queue_sign_in", waiting) : sayCounted("queue_waiting", waiting);
    row.append(icon(this.#signIn ? "login" : "wifi-off"), element("strong", { text: words }));
    const link = this.#host.dataset["login"];
    if (this.#signIn && link !== undefined) {
      const anchor = element("a", { className: "btn", text: say("sign_in") });
      anchor.href = link;
      row.append(anchor);
    }
    return row;
  }
}

function receiptRow(receipt: Receipt): HTMLElement {
  const row = element("p", { className: "ko-queue-sent" });
  row.append(icon("check"), element("span", { text: receipt.message ?? say("queue_sent") }));
  if (receipt.url !== null) {
    const link = element("a", { className: "btn btn-primary", text: say("open") });
    // The address comes from our own server; anything but a path of this site is not followed.
    const url = new URL(receipt.url, location.href);
    if (url.origin === location.origin) {
      link.href = url.href;
      row.append(link);
    }
  }
  return row;
}

function reportRow(report: QueuedReport): HTMLElement {
  const row = element("div", { className: `ko-queue-row ko-queue-${report.state}` });
  const now = Date.now();
  const at = absoluteText(Date.parse(report.madeAt), { now, zone: plantZone(), locale: pageLocale() });
  const what = [report.fields["equipment"] ?? "", at].filter((part) => part !== "").join(" · ");
  row.append(icon(report.state === "refused" ? "alert-triangle" : "hourglass"), element("span", { text: what }));
  if (report.state === "refused") {
    row.append(element("span", { className: "ko-queue-problem", text: say("queue_refused", { why: report.problem ?? "" }) }));
    row.append(action("retry", report.id), action("drop", report.id));
  }
  return row;
}

function action(act: "retry" | "drop", id: string): HTMLButtonElement {
  const button = element("button", { className: "btn", text: say(act === "retry" ? "queue_retry" : "queue_drop") });
  button.type = "button";
  button.dataset["act"] = act;
  button.dataset["id"] = id;
  return button;
}
