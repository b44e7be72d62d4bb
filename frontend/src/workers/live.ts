// The SharedWorker behind <ko-live>: one stream for all tabs of a browser.
import { LiveStream, type LiveEvent, type LiveStatus } from "../core/live_stream";

export type FromWorker =
  | { readonly kind: "event"; readonly event: LiveEvent }
  | { readonly kind: "status"; readonly status: LiveStatus }
  | { readonly kind: "time"; readonly at: number }
  | { readonly kind: "there" };

// The scope's type lives in the web worker library, which cannot stand beside the DOM's.
interface Scope {
  addEventListener(type: "connect", listener: (event: MessageEvent) => void): void;
  setInterval(handler: () => void, timeout: number): number;
}

const scope = self as unknown as Scope;
// Each tab's port, and whether it has answered since it was last asked.
const tabs = new Map<MessagePort, boolean>();
let stream: LiveStream | null = null;

// A tab that crashed says no goodbye.
const ASK_EVERY_MS = 60_000;

function tellAll(message: FromWorker): void {
  for (const port of tabs.keys()) port.postMessage(message);
}

function join(port: MessagePort, url: string): void {
  tabs.set(port, true);
  if (stream === null) {
    stream = new LiveStream(url, {
      onEvent: (event) => tellAll({ kind: "event", event }),
      onStatus: (status) => tellAll({ kind: "status", status }),
      onServerTime: (at) => tellAll({ kind: "time", at }),
    });
    stream.open();
  }
  port.postMessage({ kind: "status", status: stream.status } satisfies FromWorker);
}

function leave(port: MessagePort): void {
  tabs.delete(port);
  if (tabs.size > 0) return;
  stream?.close();
  stream = null;
}

scope.addEventListener("connect", (event) => {
  const port = event.ports[0];
  if (port === undefined) return;
  port.addEventListener("message", (message: MessageEvent<{ url: string } | "bye" | "here">) => {
    if (message.data === "bye") leave(port);
    else if (message.data === "here") tabs.set(port, true);
    else join(port, message.data.url);
  });
  port.start();
});

scope.setInterval(() => {
  for (const [port, alive] of [...tabs]) {
    if (!alive) {
      leave(port);
      continue;
    }
    tabs.set(port, false);
    port.postMessage({ kind: "there" } satisfies FromWorker);
  }
}, ASK_EVERY_MS);
