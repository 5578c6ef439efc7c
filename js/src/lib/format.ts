/** Numbers, durations, sizes and times as people read them: the rules of `nbmlops/ui/format.py`. */
export const MISSING = "·";
export const THIN = "\u202f";
export const NBSP = "\u00a0";

/** A number that may have travelled as text ("NaN", "Infinity"); null where there is none. */
export function toNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (value === "NaN") return Number.NaN;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  return null;
}

function grouped(whole: string): string {
  const sign = whole.startsWith("-") ? "-" : "";
  const digits = whole.slice(sign.length);
  return sign + digits.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
}

/** A rounded text; of two that are equally near the even one, as in Python. `exact` has all digits. */
function even(rounded: string, exact: string, digits: number): string {
  const cut = exact.indexOf(".") + 1 + digits;
  if (!/^50*$/.test(exact.slice(cut))) return rounded;
  const lower = exact.slice(0, cut).replace(/\.$/, "");
  return Number(lower.at(-1)) % 2 ? rounded : lower;
}

function fixed(value: number, digits: number): string {
  const twice = value * 2 * 10 ** digits;
  if (Math.abs(twice - Math.round(twice)) > 1e-3) return value.toFixed(digits); // nowhere near the middle
  return even(value.toFixed(digits), value.toFixed(Math.min(100, digits + 40)), digits);
}

/**
 * Four significant digits, thousands thin-spaced; text as it is.
 *
 * @param isMeasured a large whole number is no count, but a measured one: nine digits and more are rounded.
 */
export function number(value: unknown, digits = 4, isMeasured = false): string {
  if (value === null || value === undefined) return MISSING;
  const found = toNumber(value);
  if (found === null) return String(value);
  if (Number.isNaN(found)) return "NaN";
  if (!Number.isFinite(found)) return found > 0 ? "inf" : "-inf";
  if (found === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(found)));
  const isCount = Number.isInteger(found) && (!isMeasured || exponent < 9);
  if (isCount && Math.abs(found) < 1e15) return grouped(String(found));
  if (exponent < -4 || exponent >= 9) {
    const [rounded, power] = found.toExponential(digits - 1).split("e");
    const mantissa = even(rounded!, found.toExponential(60).split("e")[0]!, digits - 1);
    return `${mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa}e${Number(power)}`;
  }
  const [whole, fraction = ""] = fixed(found, Math.max(digits - 1 - exponent, 0)).split(".");
  const rest = fraction.replace(/0+$/, "");
  return grouped(whole!) + (rest ? `.${rest}` : "");
}

/** A difference: three significant digits, always with its sign. */
export function signed(value: number): string {
  const text = number(value, 3);
  if (text === "0") return "±0";
  return text.startsWith("-") || text === "NaN" ? text : `+${text}`;
}

const round = (value: number) => Number(fixed(value, 0));

/** A length of time in seconds. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return MISSING;
  if (seconds < 0) return `-${duration(-seconds)}`;
  const pad = (rest: number) => String(rest).padStart(2, "0");
  if (seconds < 0.9995) return `${fixed(seconds * 1000, seconds >= 0.00995 ? 0 : 1)} ms`;
  if (seconds < 9.95) return `${fixed(seconds, 1)} s`;
  if (seconds < 59.5) return `${fixed(seconds, 0)} s`;
  if (seconds < 3599.5) {
    const whole = round(seconds);
    return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  }
  if (seconds < 86370) {
    const minutes = round(seconds / 60);
    return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
  }
  const hours = round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${pad(hours % 24)} h`;
}

const SIZES = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

/** A number of bytes in decimal units. */
export function size(count: number | null | undefined): string {
  if (count === null || count === undefined || !Number.isFinite(count)) return MISSING;
  let value = count;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < SIZES.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit === 0 || Math.abs(value) >= 99.95 ? fixed(value, 0) : fixed(value, 1).replace(/\.0$/, "");
  return `${text} ${SIZES[unit]}`;
}

/** How long ago something was; the date itself after two weeks. `when` is ISO 8601. */
export function ago(when: string | null | undefined, now = Date.now()): string {
  if (!when) return MISSING;
  const then = Date.parse(when);
  if (Number.isNaN(then)) return MISSING;
  const seconds = (now - then) / 1000;
  const size = Math.abs(seconds);
  if (size >= 14 * 86400) return new Date(then).toLocaleDateString("sv");
  if (seconds > -60 && seconds < 5) return "just now";
  const [unit, length] =
    size >= 86400 ? ["d", 86400] : size >= 3600 ? ["h", 3600] : size >= 60 ? ["min", 60] : ["s", 1];
  const text = `${Math.floor(size / (length as number))} ${unit}`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

/** The exact moment, in the reader's own time zone. */
export function moment(when: string | null | undefined): string {
  if (!when) return "";
  const then = new Date(when);
  return Number.isNaN(then.getTime())
    ? ""
    : then.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** Control characters, marks of direction, halves of a character. */
const isHidden = (code: number) =>
  (code >= 0x80 && code <= 0x9f) ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069) ||
  (code >= 0xd800 && code <= 0xdfff);

/** What would hide or turn text around made visible. */
export function visible(text: string): string {
  let shown = "";
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === "\n") shown += "↵";
    else if (char === "\t" || char === "\r" || char === "\v" || char === "\f" || code === 0x2028 || code === 0x2029)
      shown += " ";
    else if (code < 0x20) shown += String.fromCodePoint(0x2400 + code);
    else if (code === 0x7f) shown += "␡";
    else if (isHidden(code)) shown += "\ufffd";
    else shown += char;
  }
  return shown;
}

const JOINED = /^(?:\p{Mn}|\u200d|\ufe0f)/u;

/** One line of at most `limit` characters; a letter and its accents stay together. */
export function short(text: unknown, limit = 60): string {
  const whole = [...String(text)];
  const line = [...visible(whole.slice(0, limit + 1).join(""))];
  if (whole.length <= limit) return line.join("");
  let end = Math.max(limit - 1, 0);
  while (end > 1 && (JOINED.test(line[end]!) || line[end - 1] === "\u200d")) end -= 1;
  return `${line.slice(0, end).join("").trimEnd()}…`;
}

/** One line of at most `limit` characters, cut in its middle: what tells long names apart stands at their ends. */
export function middle(text: string, limit = 16): string {
  const line = visible(text);
  if (line.length <= limit) return line;
  const head = Math.floor((limit - 1) / 2);
  return `${line.slice(0, head).trimEnd()}…${line.slice(line.length - (limit - 1 - head)).trimStart()}`;
}

export interface RunName {
  number?: number | null;
  id?: string;
  name?: string | null;
}

/** What a run is called: `#12 adam`, or its name, or the end of its id while it has no number. */
export function runLabel(run: RunName): string {
  if (run.number == null) return run.name || `run ${(run.id ?? "").slice(-4)}`;
  return run.name ? `#${run.number} ${short(run.name, 40)}` : `#${run.number}`;
}

/** The name of a column on one line, cut in its middle: what tells long names apart stands at their ends. */
export function heading(label: string, limit = 16): string {
  const line = [...visible(label.slice(0, 2000))];
  if (line.length <= limit) return line.join("");
  const head = Math.floor((limit - 1) / 2);
  const end = line.slice(line.length - (limit - 1 - head));
  return `${line.slice(0, head).join("").trimEnd()}…${end.join("").trimStart()}`;
}

/** Names of columns, cut as far as they stay different. */
export function headings(labels: readonly string[]): string[] {
  const cut = labels.map((label) => heading(label));
  return cut.map((text, place) => (cut.indexOf(text) !== cut.lastIndexOf(text) ? short(labels[place], 48) : text));
}

const FIGURE_SPACE = "\u2007";
const POINT_SPACE = "\u2008";

/** The digits after the point, "" for a whole number, null for what takes no part in the alignment. */
function fraction(text: string): string | null {
  const found = /^-?[0-9]+(?:\.([0-9]*))?$/.exec(text.replaceAll(THIN, ""));
  return found ? (found[1] ?? "") : null;
}

/**
 * How the numbers of a column are written so that their points line up: padded on the right with figure spaces.
 *
 * @param values some numbers of the column.
 */
export function aligned(values: Iterable<unknown>, isMeasured = false): (value: unknown) => string {
  const write = (value: unknown) => number(value, 4, isMeasured);
  let widest = 0;
  for (const value of values) widest = Math.max(widest, fraction(write(value))?.length ?? 0);
  return (value) => {
    const text = write(value);
    const digits = fraction(text);
    if (digits === null || widest === 0 || widest > 6) return text;
    return text + (digits ? "" : POINT_SPACE) + FIGURE_SPACE.repeat(Math.max(0, widest - digits.length));
  };
}
