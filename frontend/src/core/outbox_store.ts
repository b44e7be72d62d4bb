// The queue on the device: IndexedDB, readable by every tab and by the service worker.
import type { QueuedReport } from "./outbox";

const NAME = "knockon-reports";
const VERSION = 1;
const QUEUE = "queue";
const SENT = "sent";
// Long enough that no tab still holds a report that another has sent.
const REMEMBER_SENT_MS = 7 * 86_400_000;

export interface OutboxStore {
  all(): Promise<QueuedReport[]>;
  put(report: QueuedReport): Promise<void>;
  /** Take a report for sending; false when another tab was faster or it is gone. */
  claim(before: QueuedReport, after: QueuedReport): Promise<boolean>;
  /** Forget a report because it was sent or thrown away. */
  remove(id: string, now: number): Promise<void>;
  sentIds(): Promise<Set<string>>;
}

function asPromise<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = (): void => resolve(request.result);
    request.onerror = (): void => reject(request.error ?? new Error("IndexedDB request failed"));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = (): void => resolve();
    transaction.onabort = (): void => reject(transaction.error ?? new Error("IndexedDB transaction aborted"));
    transaction.onerror = (): void => reject(transaction.error ?? new Error("IndexedDB transaction failed"));
  });
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = (): void => {
    request.result.createObjectStore(QUEUE, { keyPath: "id" });
    request.result.createObjectStore(SENT, { keyPath: "id" });
  };
  return asPromise(request);
}

/** Open the device's queue. */
export async function openOutbox(): Promise<OutboxStore> {
  const database = await open();
  const write = (): IDBTransaction => database.transaction([QUEUE, SENT], "readwrite", { durability: "strict" });
  return {
    all: () => asPromise(database.transaction(QUEUE).objectStore(QUEUE).getAll() as IDBRequest<QueuedReport[]>),

    async put(report) {
      const transaction = write();
      transaction.objectStore(QUEUE).put(report);
      await finished(transaction);
    },

    async claim(before, after) {
      const transaction = write();
      const queue = transaction.objectStore(QUEUE);
      const found = (await asPromise(queue.get(before.id))) as QueuedReport | undefined;
      const free = found !== undefined && found.changedAt === before.changedAt && found.state === before.state;
      if (free) queue.put(after);
      await finished(transaction);
      return free;
    },

    async remove(id, now) {
      const transaction = write();
      transaction.objectStore(QUEUE).delete(id);
      const sent = transaction.objectStore(SENT);
      sent.put({ id, at: now });
      const old = (await asPromise(sent.getAll())) as { id: string; at: number }[];
      for (const entry of old) {
        if (now - entry.at > REMEMBER_SENT_MS) sent.delete(entry.id);
      }
      await finished(transaction);
    },

    async sentIds() {
      const keys = await asPromise(database.transaction(SENT).objectStore(SENT).getAllKeys());
      return new Set(keys.map(String));
    },
  };
}
