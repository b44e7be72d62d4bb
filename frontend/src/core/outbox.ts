// What becomes of a report between the thumb and the server: pure rules, no storage, no network.

export interface Attachment {
  readonly field: string;
  readonly name: string;
  readonly blob: Blob;
}

export type ReportState = "waiting" | "sending" | "refused";

export interface QueuedReport {
  /** The client event id: the server takes each once, however often it is sent. */
  readonly id: string;
  readonly madeAt: string;
  /** Who was signed in on this device when the report was made; null when nobody was known. */
  readonly madeBy: string | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly attachments: readonly Attachment[];
  readonly state: ReportState;
  readonly tries: number;
  /** Not before this instant (ms). */
  readonly nextAt: number;
  /** When the state last changed (ms). */
  readonly changedAt: number;
  /** The server's words for a refusal. */
  readonly problem: string | null;
}

export interface Receipt {
  readonly id: string;
  readonly url: string | null;
  readonly message: string | null;
}

/** What came back: no answer at all is `status` 0. */
export interface Answer {
  readonly status: number;
  readonly url?: string | null;
  readonly message?: string | null;
}

export type Outcome =
  | { readonly kind: "sent"; readonly receipt: Receipt }
  | { readonly kind: "keep"; readonly report: QueuedReport; readonly signIn: boolean };

const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 5 * 60_000;
// A tab that was closed while sending left its report behind in this state.
const STUCK_MS = 60_000;

/** Make the event id. Not randomUUID: that exists only on https, and a plant's server may have none. */
export function newEventId(bytes: Uint8Array = crypto.getRandomValues(new Uint8Array(16))): string {
  const hex = [...bytes].map((byte, index) => {
    let value = byte;
    if (index === 6) value = (byte & 0x0f) | 0x40;
    if (index === 8) value = (byte & 0x3f) | 0x80;
    return value.toString(16).padStart(2, "0");
  });
  const part = (from: number, to: number): string => hex.slice(from, to).join("");
  return [part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 16)].join("-");
}

/** Start a report's life in the queue. */
export function queueReport(
  made: Pick<QueuedReport, "id" | "madeBy" | "fields" | "attachments">,
  now: number,
): QueuedReport {
  const fresh = { state: "waiting", tries: 0, nextAt: now, changedAt: now, problem: null } as const;
  return { ...made, ...fresh, madeAt: new Date(now).toISOString() };
}

/** Return what may be sent now, oldest first. */
export function dueReports(queue: readonly QueuedReport[], now: number): QueuedReport[] {
  const due = queue.filter((report) => {
    if (report.state === "refused") return false;
    if (report.state === "sending") return now - report.changedAt > STUCK_MS;
    return report.nextAt <= now;
  });
  return due.sort(byAge);
}

/** Return when the next attempt is due, or null when nothing waits. */
export function nextAttempt(queue: readonly QueuedReport[], now: number): number | null {
  const times = queue
    .filter((report) => report.state !== "refused")
    .map((report) => (report.state === "sending" ? report.changedAt + STUCK_MS : report.nextAt));
  return times.length === 0 ? null : Math.max(now, Math.min(...times));
}

/** Mark a report as under way. */
export function startSending(report: QueuedReport, now: number): QueuedReport {
  return { ...report, state: "sending", changedAt: now, tries: report.tries + 1 };
}

/** Decide from the answer whether a report is done, waits, or needs a person. */
export function settle(report: QueuedReport, answer: Answer, now: number): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    return { kind: "sent", receipt: { id: report.id, url: answer.url ?? null, message: answer.message ?? null } };
  }
  const signIn = status === 401;
  const passing = status === 0 || status === 408 || status === 429 || status >= 500;
  const changed = { ...report, changedAt: now };
  if (signIn || passing) {
    const nextAt = now + waitAfter(report.tries);
    return { kind: "keep", signIn, report: { ...changed, state: "waiting", nextAt, problem: null } };
  }
  const problem = answer.message ?? String(status);
  return { kind: "keep", signIn: false, report: { ...changed, state: "refused", problem } };
}

/** How long to wait after so many attempts. */
export function waitAfter(tries: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(Math.max(0, tries - 1), 10));
}

/** Put a refused report back in line after a person has looked at it. */
export function retry(report: QueuedReport, now: number): QueuedReport {
  return { ...report, state: "waiting", nextAt: now, changedAt: now, problem: null };
}

/**
 * Merge two views of one queue (two tabs, or a tab and the background sync).
 *
 * A report is the same by its event id; its younger state counts; one that was sent anywhere is gone.
 */
export function mergeQueues(
  mine: readonly QueuedReport[],
  theirs: readonly QueuedReport[],
  sent: ReadonlySet<string>,
): QueuedReport[] {
  const merged = new Map<string, QueuedReport>();
  for (const report of [...mine, ...theirs]) {
    const known = merged.get(report.id);
    if (!sent.has(report.id) && (known === undefined || report.changedAt > known.changedAt)) {
      merged.set(report.id, report);
    }
  }
  return [...merged.values()].sort(byAge);
}

function byAge(left: QueuedReport, right: QueuedReport): number {
  if (left.madeAt !== right.madeAt) return left.madeAt < right.madeAt ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}
