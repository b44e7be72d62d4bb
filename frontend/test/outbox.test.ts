import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Answer,
  dueReports,
  mergeQueues,
  newEventId,
  nextAttempt,
  type QueuedReport,
  queueReport,
  retry,
  settle,
  startSending,
  waitAfter,
} from "../src/core/outbox";
import { flush, type Sender } from "../src/core/outbox_sender";
import type { OutboxStore } from "../src/core/outbox_store";

const T0 = Date.parse("2026-03-05T18:14:00Z");

function made(id: string, at = T0): QueuedReport {
  return queueReport({ id, madeBy: "u1", fields: { equipment: "IM-07", kind: "equipment" }, attachments: [] }, at);
}

function settled(answer: Answer): QueuedReport {
  const outcome = settle(startSending(made("a"), T0), answer, T0 + 1000);
  assert.equal(outcome.kind, "keep");
  return (outcome as { report: QueuedReport }).report;
}

class MemoryStore implements OutboxStore {
  readonly reports = new Map<string, QueuedReport>();
  readonly sent = new Set<string>();

  constructor(...reports: QueuedReport[]) {
    for (const report of reports) this.reports.set(report.id, report);
  }

  async all(): Promise<QueuedReport[]> {
    return [...this.reports.values()];
  }

  async put(report: QueuedReport): Promise<void> {
    this.reports.set(report.id, report);
  }

  async claim(before: QueuedReport, after: QueuedReport): Promise<boolean> {
    const found = this.reports.get(before.id);
    if (found?.changedAt !== before.changedAt || found.state !== before.state) return false;
    this.reports.set(after.id, after);
    return true;
  }

  async remove(id: string): Promise<void> {
    this.reports.delete(id);
    this.sent.add(id);
  }

  async sentIds(): Promise<Set<string>> {
    return this.sent;
  }
}

interface Posted {
  readonly id: string;
  readonly key: string | null;
  readonly csrf: string | null;
}

function server(answers: (id: string) => Response | "offline", session = '{"user": "u1", "csrf": "tok"}') {
  const posts: Posted[] = [];
  const send = (async (input: string, init: RequestInit) => {
    if (input.endsWith("session/")) return new Response(session, { status: session === "" ? 401 : 200 });
    const body = init.body as FormData;
    const headers = new Headers(init.headers);
    const id = String(body.get("client_event_id"));
    posts.push({ id, key: headers.get("Idempotency-Key"), csrf: headers.get("X-CSRFToken") });
    const answer = answers(id);
    if (answer === "offline") throw new TypeError("network");
    return answer;
  }) as typeof fetch;
  return { posts, send };
}

function sender(store: OutboxStore, send: typeof fetch, now = T0): Sender {
  return { store, action: "https://plant/report/", sessionUrl: "https://plant/report/session/", now: () => now, send };
}

test("event ids are version 4 and differ", () => {
  const first = newEventId();

  assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(first, newEventId());
});

test("reports are due oldest first and not before their time", () => {
  const later = { ...made("b", T0 - 5000), nextAt: T0 + 1 };
  const queue = [made("c", T0), made("a", T0 - 9000), later];

  assert.deepEqual(dueReports(queue, T0).map(({ id }) => id), ["a", "c"]);
});

test("a report whose tab was closed while sending is due again after a minute", () => {
  const stuck = startSending(made("a"), T0);

  assert.equal(dueReports([stuck], T0 + 59_000).length, 0);
  assert.equal(dueReports([stuck], T0 + 61_000).length, 1);
  assert.equal(nextAttempt([stuck], T0), T0 + 60_000);
});

test("no answer, overload and server faults keep the report waiting", () => {
  const states = [0, 408, 429, 500, 503].map((status) => settled({ status }).state);

  assert.deepEqual(new Set(states), new Set(["waiting"]));
});

test("an ended session asks to sign in and keeps the report", () => {
  const outcome = settle(startSending(made("a"), T0), { status: 401 }, T0);

  assert.deepEqual([outcome.kind, outcome.kind === "keep" && outcome.signIn], ["keep", true]);
});

test("a refusal is kept with the server's words until a person looks at it", () => {
  const refused = settled({ status: 422, message: "No such machine." });

  assert.deepEqual([refused.state, refused.problem], ["refused", "No such machine."]);
  assert.equal(dueReports([refused], T0 + 86_400_000).length, 0);
  assert.equal(nextAttempt([refused], T0), null);
  assert.equal(dueReports([retry(refused, T0)], T0).length, 1);
});

test("the wait doubles and ends at five minutes", () => {
  assert.deepEqual([1, 2, 3, 20].map(waitAfter), [5000, 10_000, 20_000, 300_000]);
});

test("two tabs' queues merge by event id with the younger state", () => {
  const sending = startSending(made("a"), T0 + 10);

  const merged = mergeQueues([made("a"), made("b", T0 + 1)], [sending, made("c", T0 + 2)], new Set());

  assert.deepEqual(merged.map(({ id, state }) => [id, state]), [["a", "sending"], ["b", "waiting"], ["c", "waiting"]]);
});

test("what was sent anywhere does not come back by merging", () => {
  assert.deepEqual(mergeQueues([made("a"), made("b")], [made("a")], new Set(["a"])).map(({ id }) => id), ["b"]);
});

test("merging in either direction gives the same queue", () => {
  const mine = [made("a"), startSending(made("b"), T0 + 5)];
  const theirs = [startSending(made("a"), T0 + 9), made("b")];

  assert.deepEqual(mergeQueues(mine, theirs, new Set()), mergeQueues(theirs, mine, new Set()));
});

test("flushing sends each once with its id and token, and forgets it", async () => {
  const store = new MemoryStore(made("b", T0 - 1), made("a", T0 - 2));
  const { posts, send } = server((id) => Response.json({ url: `/disruptions/${id}/` }, { status: 201 }));

  const result = await flush(sender(store, send));

  assert.deepEqual(posts, [
    { id: "a", key: "a", csrf: "tok" },
    { id: "b", key: "b", csrf: "tok" },
  ]);
  assert.deepEqual(result.receipts.map(({ url }) => url), ["/disruptions/a/", "/disruptions/b/"]);
  assert.equal(store.reports.size, 0);
});

test("a cut in the middle keeps the rest and the one under way", async () => {
  const store = new MemoryStore(made("a", T0 - 2), made("b", T0 - 1));
  const { posts, send } = server(() => "offline");

  const result = await flush(sender(store, send));

  assert.equal(result.offline, true);
  assert.deepEqual([posts.length, store.reports.size], [1, 2]);
  assert.equal(store.reports.get("a")?.state, "waiting");
});

test("the same report sent again after a lost answer carries the same id", async () => {
  const store = new MemoryStore(made("a"));
  let cut = true;
  const { posts, send } = server(() => {
    if (!cut) return Response.json({ duplicate: true });
    cut = false;
    return "offline";
  });

  await flush(sender(store, send));
  await flush(sender(store, send, T0 + 10_000));

  assert.deepEqual(posts.map(({ id }) => id), ["a", "a"]);
  assert.equal(store.reports.size, 0);
});

test("one refused report does not hold back its neighbours", async () => {
  const store = new MemoryStore(made("a", T0 - 2), made("b", T0 - 1));
  const { send } = server((id) =>
    id === "a" ? Response.json({ detail: "No such machine." }, { status: 422 }) : Response.json({}, { status: 201 }),
  );

  const result = await flush(sender(store, send));

  assert.deepEqual(result.receipts.map(({ id }) => id), ["b"]);
  assert.deepEqual([...store.reports.values()].map(({ id, state }) => [id, state]), [["a", "refused"]]);
});

test("without a session nothing is sent and the person is asked to sign in", async () => {
  const store = new MemoryStore(made("a"));
  const { posts, send } = server(() => Response.json({}), "");

  const result = await flush(sender(store, send));

  assert.deepEqual([posts.length, result.signIn, store.reports.size], [0, true, 1]);
});

test("two tabs flushing at once send a report once", async () => {
  const store = new MemoryStore(made("a"));
  const { posts, send } = server(() => Response.json({}, { status: 201 }));

  await Promise.all([flush(sender(store, send)), flush(sender(store, send, T0 + 1))]);

  assert.equal(posts.length, 1);
});
