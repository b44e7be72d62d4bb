// Sends what waits: used by the page and, after it was closed, by the service worker.
import { type Answer, dueReports, type QueuedReport, type Receipt, settle, startSending } from "./outbox";
import type { OutboxStore } from "./outbox_store";

export interface Session {
  readonly user: string | null;
  readonly csrf: string;
}

export interface Sender {
  readonly store: OutboxStore;
  readonly action: string;
  readonly sessionUrl: string;
  readonly now: () => number;
  readonly send?: typeof fetch;
}

export interface Flushed {
  readonly receipts: readonly Receipt[];
  readonly signIn: boolean;
  readonly offline: boolean;
}

const SEND_LIMIT_MS = 60_000;

/** Send every due report, oldest first; stop at the first sign that the way is closed. */
export async function flush(sender: Sender): Promise<Flushed> {
  const receipts: Receipt[] = [];
  const due = dueReports(await sender.store.all(), sender.now());
  if (due.length === 0) return { receipts, signIn: false, offline: false };
  const session = await askSession(sender);
  if (session === "offline") return { receipts, signIn: false, offline: true };
  if (session === "nobody") return { receipts, signIn: true, offline: false };
  for (const report of due) {
    const sending = startSending(report, sender.now());
    if (!(await sender.store.claim(report, sending))) continue;
    const answer = await post(sender, sending, session);
    const outcome = settle(sending, answer, sender.now());
    if (outcome.kind === "sent") {
      await sender.store.remove(report.id, sender.now());
      receipts.push(outcome.receipt);
      continue;
    }
    await sender.store.put(outcome.report);
    if (outcome.signIn) return { receipts, signIn: true, offline: false };
    if (answer.status === 0) return { receipts, signIn: false, offline: true };
  }
  return { receipts, signIn: false, offline: false };
}

async function askSession({ sessionUrl, send = fetch }: Sender): Promise<Session | "offline" | "nobody"> {
  let response: Response;
  try {
    response = await send(sessionUrl, {
      credentials: "same-origin",
      headers: { Accept: "application/json" },
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return "offline";
  }
  if (response.status >= 500) return "offline";
  const value = response.ok ? await jsonOf(response) : {};
  const csrf = value["csrf"];
  if (typeof csrf !== "string") return "nobody";
  return { csrf, user: typeof value["user"] === "string" ? value["user"] : null };
}

async function post(sender: Sender, report: QueuedReport, session: Session): Promise<Answer> {
  const { action, send = fetch } = sender;
  const body = new FormData();
  for (const [name, value] of Object.entries(report.fields)) body.append(name, value);
  for (const { field, blob, name } of report.attachments) body.append(field, blob, name);
  body.set("client_event_id", report.id);
  body.set("made_at", report.madeAt);
  body.set("made_by", report.madeBy ?? "");
  // Both by the device's clock: from the difference to its own the server knows how wrong that is.
  body.set("sent_at", new Date(sender.now()).toISOString());
  let response: Response;
  try {
    response = await send(action, {
      method: "POST",
      body,
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": session.csrf, "Idempotency-Key": report.id },
      redirect: "manual",
      signal: AbortSignal.timeout(SEND_LIMIT_MS),
    });
  } catch {
    return { status: 0 };
  }
  // A redirect means the sign-in page: the session ended between the two requests.
  if (response.type === "opaqueredirect") return { status: 401 };
  const value = await jsonOf(response);
  const words = value["message"] ?? value["detail"] ?? value["title"];
  return {
    status: response.status,
    url: typeof value["url"] === "string" ? value["url"] : null,
    message: typeof words === "string" ? words : null,
  };
}

async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  try {
    const value: unknown = await response.json();
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
