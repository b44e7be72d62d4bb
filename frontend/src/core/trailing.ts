// Do something at once, then at most once in a while, and always once more after the last call.

export interface Timers {
  set(run: () => void, ms: number): number;
}

const BROWSER: Timers = { set: (run, ms) => window.setTimeout(run, ms) };

/** Return a function that calls `run` now and never closer together than `ms`; the last call is never lost. */
export function trailing(run: () => void, ms: number, timers: Timers = BROWSER): () => void {
  let waiting = false;
  let again = false;
  const rest = (): void => {
    waiting = again;
    if (!again) return;
    again = false;
    run();
    timers.set(rest, ms);
  };
  return () => {
    if (waiting) {
      again = true;
      return;
    }
    waiting = true;
    run();
    timers.set(rest, ms);
  };
}
