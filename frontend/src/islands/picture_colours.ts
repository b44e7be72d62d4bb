// The theme's colours as a canvas can use them: light-dark() and var() already decided.

export interface Colours {
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  /** Fill and text of each tone a node may have. */
  readonly tones: Readonly<Record<string, { readonly fill: string; readonly ink: string }>>;
}

export const TONES = ["s1", "s2", "s3", "s4", "hit", "safe"] as const;

/** Read the colours as they are where `host` stands. */
export function coloursAt(host: HTMLElement): Colours {
  const probe = document.createElement("span");
  probe.hidden = true;
  host.append(probe);
  const resolve = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const tones: Record<string, { fill: string; ink: string }> = {};
  for (const tone of TONES) tones[tone] = { fill: resolve(`--ko-tone-${tone}`), ink: resolve(`--ko-tone-${tone}-ink`) };
  const colours = {
    ink: resolve("--ko-ink"),
    quiet: resolve("--ko-quiet"),
    line: resolve("--ko-line-strong"),
    surface: resolve("--ko-surface"),
    accent: resolve("--ko-accent"),
    tones,
  };
  probe.remove();
  return colours;
}
