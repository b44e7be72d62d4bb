// The stream of what happened, kept open: shared by the worker and by pages without one.

export interface LiveEvent {
  readonly topic: string;
  readonly id: string;
  readonly at: string;
}

export type LiveState = "connecting" | "open" | "lost" | "refused";

export interface LiveStatus {
  readonly state: LiveState;
  /** When the connection was lost, or null. */
  readonly since: number | null;
}

export interface LiveHandlers {
  onEvent(event: LiveEvent): void;
  onStatus(status: LiveStatus): void;
  onServerTime(at: number): void;
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
// The server writes a comment or an event at least every 20 s; a silent stream is a dead one.
const SILENCE_MS = 45_000;

/** How long to wait before the next attempt: doubling, with jitter so that a plant does not return as one. */
export function waitBefore(attempt: number, random: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10));
  return Math.round(longest / 2 + (longest / 2) * random);
}

/** Read one event's data; what is not ours is null. */
export function readEvent(data: string): LiveEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { topic, id, at } = value as Partial<Record<keyof LiveEvent, unknown>>;
  if (typeof topic !== "string") return null;
  return { topic, id: id === undefined || id === null ? "" : String(id), at: typeof at === "string" ? at : "" };
}

/** Whether an element that waits for `wanted` ("disruption lot:L-9") wants this event. */
export function wants(wanted: string, event: LiveEvent): boolean {
  return wanted.split(/\s+/).some((entry) => entry === event.topic || entry === `${event.topic}:${event.id}`);
}

/** Keep one stream open, across network cuts and restarts of the server. */
export class LiveStream {
  readonly #url: string;
  readonly #handlers: LiveHandlers;
  #source: EventSource | null = null;
  #attempt = 0;
  #lostAt: number | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #state: LiveState = "connecting";
  #lastId = "";

  constructor(url: string, handlers: LiveHandlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  get status(): LiveStatus {
    return { state: this.#state, since: this.#lostAt };
  }

  open(): void {
    if (this.#source !== null) return;
    clearTimeout(this.#retry);
    const source = new EventSource(this.#address());
    this.#source = source;
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("error", () => this.#failed());
    source.addEventListener("hello", (event) => this.#greeted(event));
    source.addEventListener("topic", (event) => this.#received(event));
    source.addEventListener("beat", () => this.#heard());
    source.addEventListener("bye", () => this.#refused());
  }

  close(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#watch);
    this.#source?.close();
    this.#source = null;
  }

  #address(): string {
    if (this.#lastId === "") return this.#url;
    // A new EventSource cannot send Last-Event-ID itself.
    return `${this.#url}${this.#url.includes("?") ? "&" : "?"}after=${encodeURIComponent(this.#lastId)}`;
  }

  #opened(): void {
    this.#attempt = 0;
    this.#lostAt = null;
    this.#heard();
    this.#say("open");
  }

  #failed(): void {
    this.close();
    this.#lostAt ??= Date.now();
    this.#say("lost");
    this.#retry = setTimeout(() => this.open(), waitBefore(this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  #refused(): void {
    // The server ended the session: asking again would be refused again.
    this.close();
    this.#lostAt ??= Date.now();
    this.#say("refused");
  }

  #heard(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#failed(), SILENCE_MS);
  }

  #greeted(event: MessageEvent<string>): void {
    this.#heard();
    const greeting = readEvent(event.data);
    const at = greeting === null ? Number.NaN : Date.parse(greeting.at);
    if (!Number.isNaN(at)) this.#handlers.onServerTime(at);
  }

  #received(message: MessageEvent<string>): void {
    this.#heard();
    if (message.lastEventId !== "") this.#lastId = message.lastEventId;
    const event = readEvent(message.data);
    if (event !== null) this.#handlers.onEvent(event);
  }

  #say(state: LiveState): void {
    this.#state = state;
    this.#handlers.onStatus(this.status);
  }
}
