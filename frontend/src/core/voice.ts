// A short voice note, where the browser can record one.

const LONGEST_MS = 60_000;
const FORMATS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

export interface Recording {
  /** Resolves with the note once it is stopped, by the person or by its limit. */
  readonly done: Promise<Blob>;
  stop(): void;
}

/** Whether this browser, on this address, can record at all. */
export function canRecord(): boolean {
  return "MediaRecorder" in window && navigator.mediaDevices?.getUserMedia !== undefined;
}

/** Return the file ending for a recorded type. */
export function endingOf(type: string): string {
  if (type.startsWith("audio/mp4")) return "m4a";
  return type.startsWith("audio/ogg") ? "ogg" : "webm";
}

/** Ask for the microphone and record until stopped. */
export async function startRecording(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mimeType = FORMATS.find((format) => MediaRecorder.isTypeSupported(format));
  const recorder = new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType });
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const done = new Promise<Blob>((resolve) => {
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      resolve(new Blob(parts, { type: recorder.mimeType }));
    });
  });
  recorder.start();
  const stop = (): void => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  const limit = window.setTimeout(stop, LONGEST_MS);
  void done.then(() => window.clearTimeout(limit));
  return { done, stop };
}
