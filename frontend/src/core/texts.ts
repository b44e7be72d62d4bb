// The words of the islands: printed once by the base template, so that all words live in one catalogue.

export type Texts = Readonly<Record<string, string>>;
export type Params = Readonly<Record<string, string | number>>;

/** Put named values into a sentence: `fill("{n} waiting", {n: 2})`. */
export function fill(sentence: string, params: Params): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(value);
  });
}

/** Choose between `key_one` and `key_other` as the language counts, and fill in `n`. */
export function counted(texts: Texts, { key, n, lang }: { key: string; n: number; lang: string }): string {
  const form = new Intl.PluralRules(lang).select(n) === "one" ? "one" : "other";
  const sentence = texts[`${key}_${form}`] ?? texts[`${key}_other`] ?? key;
  return fill(sentence, { n: new Intl.NumberFormat(lang).format(n) });
}

/** Map Django's language codes to the locale whose number and date forms the plant uses. */
export function localeOf(lang: string): string {
  const code = lang.toLowerCase();
  if (code.startsWith("zh-hant") || code.startsWith("zh-tw") || code.startsWith("zh-hk")) return "zh-Hant-TW";
  if (code.startsWith("zh")) return "zh-Hans-CN";
  // English in the plant means the 24-hour clock and the day before the month.
  return code === "" || code.startsWith("en") ? "en-GB" : lang;
}

let loaded: Texts | null = null;

/** Return the page's texts; a page without them shows the keys. */
export function pageTexts(): Texts {
  if (loaded === null) {
    const source = document.getElementById("ko-texts")?.textContent ?? "{}";
    loaded = JSON.parse(source) as Texts;
  }
  return loaded;
}

/** Return one of the page's sentences, filled in. */
export function say(key: string, params: Params = {}): string {
  return fill(pageTexts()[key] ?? key, params);
}

/** Return one of the page's counted sentences. */
export function sayCounted(key: string, n: number): string {
  return counted(pageTexts(), { key, n, lang: pageLocale() });
}

/** Return the locale of the page. */
export function pageLocale(): string {
  return localeOf(document.documentElement.lang);
}
