// The machines last reported from this device: offline, the list of all machines is not there to pick from.

const KEY = "ko-recent-equipment";
const MOST = 8;

/** Put a machine in front of the recent ones. */
export function withRecent(recent: readonly string[], key: string): string[] {
  if (key === "") return [...recent];
  return [key, ...recent.filter((other) => other !== key)].slice(0, MOST);
}

/** Return the machines last reported from this device, latest first. */
export function recentEquipment(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
  } catch {
    return [];
  }
}

/** Remember a machine on this device. */
export function rememberEquipment(key: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(withRecent(recentEquipment(), key)));
  } catch {
    // A device without storage forgets; nothing else depends on it.
  }
}
