// One beat a second for every element that shows time, on the server's clock.

type Listener = (now: number) => void;

const listeners = new Set<Listener>();
let offset = 0;
let timer: number | undefined;

/** Return the present instant in milliseconds, corrected by what the server said. */
export function serverNow(): number {
  return Date.now() + offset;
}

/** Learn the server's time; shop tablets are often minutes off. */
export function setServerTime(at: number): void {
  // Less than two seconds is the way through the network, not a wrong clock.
  offset = Math.abs(at - Date.now()) < 2000 ? 0 : at - Date.now();
  beat();
}

/** Call a listener now and every second until `unsubscribe` is called. */
export function everySecond(listener: Listener): () => void {
  listeners.add(listener);
  listener(serverNow());
  if (timer === undefined) schedule();
  return () => {
    listeners.delete(listener);
  };
}

function beat(): void {
  const now = serverNow();
  for (const listener of [...listeners]) listener(now);
}

function schedule(): void {
  timer = self.setTimeout(() => {
    timer = undefined;
    if (listeners.size === 0) return;
    // A hidden page shows nothing: it catches up when it is seen again.
    if (!document.hidden) beat();
    schedule();
  }, 1000 - (serverNow() % 1000));
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) beat();
});
