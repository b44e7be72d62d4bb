// How long, when, and how long ago, in the reader's words. Pure: the caller says what time it is.
import { fill, type Texts } from "./texts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
// Beyond a week nobody counts days: the date itself says more.
const RELATIVE_LIMIT_S = 7 * DAY;

type Unit = "day" | "hour" | "minute" | "second";

function amount(value: number, { unit, locale }: { unit: Unit; locale: string }): string {
  // British English would say "47 mins" and "3 hrs": units are written as symbols, without a plural.
  const format = new Intl.NumberFormat(locale.startsWith("en") ? "en-US" : locale, { style: "unit", unit, unitDisplay: "short" });
  return format.format(value);
}

/** Say a span in at most two units: "47 min", "7 hr 44 min", "2 days 3 hr". */
export function spanText(seconds: number, { locale }: { locale: string }): string {
  const whole = Math.abs(Math.trunc(seconds));
  if (whole < MINUTE) return amount(whole, { unit: "second", locale });
  if (whole < HOUR) return amount(Math.floor(whole / MINUTE), { unit: "minute", locale });
  const [large, size, small, rest]: [Unit, number, Unit, number] =
    whole < DAY ? ["hour", HOUR, "minute", MINUTE] : ["day", DAY, "hour", HOUR];
  const first = amount(Math.floor(whole / size), { unit: large, locale });
  const second = Math.floor((whole % size) / rest);
  return second === 0 ? first : `${first} ${amount(second, { unit: small, locale })}`;
}

export interface WhenOptions {
  readonly now: number;
  readonly zone: string;
  readonly locale: string;
  readonly texts: Texts;
}

/** Say an instant from now: "in 47 min", "2 hr 5 min ago", "now"; far away, its date. */
export function relativeText(at: number, { now, zone, locale, texts }: WhenOptions): string {
  const seconds = (at - now) / 1000;
  if (Math.abs(seconds) >= RELATIVE_LIMIT_S) return absoluteText(at, { now, zone, locale });
  // A minute that has begun counts down to its end; one that has passed counts when it is full.
  const shown = seconds > MINUTE ? Math.ceil(seconds / MINUTE) * MINUTE : seconds;
  if (Math.abs(shown) < 1) return texts["now"] ?? "now";
  const span = spanText(shown, { locale });
  const sentence = shown > 0 ? (texts["in_span"] ?? "in {span}") : (texts["span_ago"] ?? "{span} ago");
  return fill(sentence, { span });
}

/** Say an instant in the plant's zone; the year only where it is not this year. */
export function absoluteText(
  at: number,
  { now, zone, locale }: { now: number; zone: string; locale: string },
): string {
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, year: "numeric", month: "numeric", day: "numeric" });
  const year = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric" });
  const options: Intl.DateTimeFormatOptions = {
    timeZone: zone,
    month: locale.startsWith("zh") ? "numeric" : "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  };
  if (year.format(at) !== year.format(now)) options.year = "numeric";
  if (day.format(at) === day.format(now)) {
    delete options.month;
    delete options.day;
  }
  return new Intl.DateTimeFormat(locale, options).format(at);
}

/** Say an instant in full, with weekday and zone, for the tooltip. */
export function fullText(at: number, { zone, locale }: { zone: string; locale: string }): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: "short",
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  }).format(at);
}

/** Say a running time as a stopwatch does: "00:47", "1:02:03", "2 days 03:04:05". */
export function clockText(seconds: number, { locale }: { locale: string }): string {
  const whole = Math.max(0, Math.trunc(seconds));
  const days = Math.floor(whole / DAY);
  const hours = Math.floor((whole % DAY) / HOUR);
  const two = (value: number): string => String(value).padStart(2, "0");
  const tail = `${two(Math.floor((whole % HOUR) / MINUTE))}:${two(whole % MINUTE)}`;
  if (days > 0) return `${amount(days, { unit: "day", locale })} ${two(hours)}:${tail}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}
