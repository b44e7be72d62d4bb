// The service worker of the report page: the page opens without network, and reports leave when it is back.
// It keeps static files and the shell, which holds nobody's data; private pages are never kept.
import { flush } from "../core/outbox_sender";
import { openOutbox } from "../core/outbox_store";

interface LongEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends LongEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface SyncEvent extends LongEvent {
  readonly tag: string;
}

interface KeepEvent extends LongEvent {
  readonly data: { kind?: string; shell?: string; files?: string[] } | null;
}

// The scope's type lives in the web worker library, which cannot stand beside the DOM's.
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: LongEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "sync", listener: (event: SyncEvent) => void): void;
  addEventListener(type: "message", listener: (event: KeepEvent) => void): void;
}

const scope = self as unknown as Scope;
const CACHE = "knockon-report-1";
const SHELL_KEY = "/ko-report-shell";
const PATIENCE_MS = 4000;
const MOST_FILES = 60;

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));

scope.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then(async (names) => {
      const old = names.filter((name) => name.startsWith("knockon-report-") && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await scope.clients.claim();
    }),
  );
});

scope.addEventListener("message", (event) => {
  if (event.data?.kind === "keep") event.waitUntil(keep(event.data.shell, event.data.files ?? []));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (url.href.startsWith(scope.registration.scope)) event.respondWith(pageOrShell(request));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(fileOrNetwork(request));
  }
});

scope.addEventListener("sync", (event) => {
  if (event.tag === "ko-reports") event.waitUntil(sendWaiting());
});

async function keep(shell: string | undefined, files: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  const shellFiles: string[] = [];
  if (shell !== undefined) {
    // Without the session's cookie, so that nothing private can be in it.
    const response = await fetch(shell, { credentials: "omit", redirect: "error" });
    if (response.ok) {
      const text = await response.clone().text();
      for (const match of text.matchAll(/"(\/static\/[^"#]+)"/g)) shellFiles.push(match[1] ?? "");
      await cache.put(SHELL_KEY, response);
    }
  }
  const wanted = new Set([...shellFiles, ...files].map((file) => new URL(file, location.origin).href));
  await Promise.all([...wanted].slice(0, MOST_FILES).map((file) => keepFile(cache, file)));
  await dropOthers(cache, wanted);
}

async function keepFile(cache: Cache, file: string): Promise<void> {
  const url = new URL(file);
  if (url.origin !== location.origin || !url.pathname.startsWith("/static/")) return;
  const held = await cache.match(file);
  if (held !== undefined && isHashed(url.pathname)) return;
  const response = await fetch(file).catch(() => null);
  if (response?.ok === true) await cache.put(file, response);
}

async function dropOthers(cache: Cache, wanted: ReadonlySet<string>): Promise<void> {
  for (const request of await cache.keys()) {
    if (!wanted.has(request.url) && new URL(request.url).pathname !== SHELL_KEY) await cache.delete(request);
  }
}

function isHashed(path: string): boolean {
  return /\.[0-9a-f]{8,}\.\w+$/.test(path);
}

async function pageOrShell(request: Request): Promise<Response> {
  try {
    return await Promise.race([fetch(request), tooLong()]);
  } catch (failure) {
    const shell = await (await caches.open(CACHE)).match(SHELL_KEY);
    if (shell === undefined) throw failure;
    return shell;
  }
}

function tooLong(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error("the network is too slow")), PATIENCE_MS);
  });
}

async function fileOrNetwork(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const held = await cache.match(request.url);
  // A hashed name never changes its content; any other may, so the network is asked first.
  if (held !== undefined && isHashed(new URL(request.url).pathname)) return held;
  try {
    return await fetch(request);
  } catch (failure) {
    if (held !== undefined) return held;
    throw failure;
  }
}

async function sendWaiting(): Promise<void> {
  const store = await openOutbox();
  const base = scope.registration.scope;
  const result = await flush({
    store,
    action: base,
    sessionUrl: new URL("session/", base).href,
    now: Date.now,
  });
  const channel = new BroadcastChannel("ko-reports");
  channel.postMessage({ receipts: result.receipts });
  channel.close();
  // Throwing asks the browser to wake us again later.
  if (result.offline) throw new Error("still offline");
}
