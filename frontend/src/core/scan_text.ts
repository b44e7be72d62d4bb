// What a scanned code names. Our labels are links, so that a phone without the app open finds its way too.

export interface Scanned {
  /** What is named ("equipment", "work_order", "operation", "lot", "tool"), or null when the label does not say. */
  readonly kind: string | null;
  /** The key exactly as printed. */
  readonly key: string;
}

const KINDS = new Set(["equipment", "work_order", "operation", "lot", "tool", "serial", "location"]);

/** Read a label: `https://any-host/s/<kind>/<key>`, else the whole text is the key. */
export function readScan(text: string): Scanned {
  const trimmed = text.trim();
  const match = /^https?:\/\/[^/\s]+\/s\/([a-z_]+)\/([^?#\s]+)/i.exec(trimmed);
  const kind = match?.[1];
  const key = match?.[2];
  if (kind === undefined || key === undefined || !KINDS.has(kind)) return { kind: null, key: trimmed };
  try {
    return { kind, key: decodeURIComponent(key.replace(/\/$/, "")) };
  } catch {
    return { kind, key };
  }
}
