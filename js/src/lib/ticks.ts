import { number, THIN } from "./format";

const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/** Distances of ticks of seconds: as clocks are read, tenths below, whole days above. */
export const SECONDS: number[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  ...TIMES,
  ...[2, 5, 7, 10, 20, 50, 100, 200, 500].map((days) => days * 86400),
];

/** Whole distances of ticks, where nothing lies between whole numbers. */
export const WHOLE: number[] = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((lead) => lead * 10 ** power))
  .flat()
  .sort((a, b) => a - b);

/** Distances of ticks of any numbers, up to the largest there are. */
export const ANY: number[] = Array.from({ length: 340 }, (_, place) =>
  [1, 2, 2.5, 5].map((lead) => `${lead}e${place - 32}`),
)
  .flat()
  .map(Number);

/** Numbers of an axis, as many digits as tell neighbours apart. */
export function numberTicks(values: readonly number[]): string[] {
  const largest = Math.max(...values.map(Math.abs), 0);
  const distance = values.length > 1 ? Math.abs(values[1]! - values[0]!) : 0;
  if (!distance || largest >= 1e9 || (largest < 1e-4 && largest > 0)) {
    const digits = distance ? Math.min(Math.max(Math.ceil(Math.log10(largest / distance)) + 1, 4), 15) : 4;
    return values.map((value) => number(value, digits));
  }
  let decimals = Math.min(Math.max(-Math.floor(Math.log10(distance) + 1e-9), 0), 15);
  const isCut = () => Math.abs(distance * 10 ** decimals - Math.round(distance * 10 ** decimals)) > 1e-6;
  if (isCut()) decimals += 1; // quarters
  return values.map((value) => {
    const [whole, fraction] = Math.abs(value).toFixed(decimals).split(".");
    const sign = value < 0 && Number(value.toFixed(decimals)) !== 0 ? "-" : "";
    return `${sign}${whole!.replace(/\B(?=(\d{3})+(?!\d))/g, THIN)}${fraction ? `.${fraction}` : ""}`;
  });
}

/** Numbers of a logarithmic axis: powers of ten as they are read. */
export function logTicks(values: readonly (number | null)[]): string[] {
  return values.map((value) => (value === null ? "" : number(value, 3)));
}

/** Places of ticks on a logarithmic axis: powers of ten, with 2 and 5 between few of them; plain steps on a short one. */
export function logPlaces(low: number, high: number, most: number): number[] {
  if (!(low > 0) || !(high > low)) return [];
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const within = (leads: number[]) =>
    Array.from({ length: last - first + 1 }, (_, place) => leads.map((lead) => Number(`${lead}e${first + place}`)))
      .flat()
      .filter((value) => value >= low && value <= high);
  for (const leads of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]]) {
    const found = within(leads);
    if (found.length <= most && found.length > 1) return found;
  }
  const powers = within([1]);
  if (powers.length > most) {
    const stride = Math.ceil(powers.length / most);
    return powers.filter((_, place) => place % stride === 0);
  }
  const step = WHOLE.map((lead) => lead * 10 ** (first - 3)).find((each) => (high - low) / each <= most);
  return step
    ? Array.from({ length: most + 1 }, (_, at) => (Math.ceil(low / step) + at) * step).filter((v) => v <= high)
    : [];
}

const two = (value: number) => String(value).padStart(2, "0");

/** Seconds since the beginning: 30 s, 2:30, 1:15 h, 3 d. */
export function secondTicks(values: readonly number[]): string[] {
  const largest = Math.max(...values.map(Math.abs), 0);
  const distance = values.length > 1 ? Math.abs(values[1]! - values[0]!) : 0;
  if (distance >= 86400) return values.map((value) => `${Math.round(value / 86400)} d`);
  if (largest < 60) return numberTicks(values).map((text) => `${text} s`);
  return values.map((value) => clock(value, largest >= 3600, distance < 60));
}

function clock(seconds: number, hasHours: boolean, hasSeconds: boolean): string {
  const sign = seconds < 0 ? "-" : "";
  const whole = Math.round(Math.abs(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (!hasHours) return `${sign}${minutes}:${two(rest)}`;
  return hasSeconds ? `${sign}${hours}:${two(minutes)}:${two(rest)}` : `${sign}${hours}:${two(minutes)} h`;
}

/** Times of day in the reader's own zone; the day stands below the first tick of it. */
export function wallTicks(values: readonly (number | null)[]): string[] {
  const known = values.filter((value) => value !== null);
  const distance = known.length > 1 ? Math.abs(known[1]! - known[0]!) : 0;
  let day = "";
  return values.map((value) => {
    if (value === null) return "";
    const when = new Date(value * 1000);
    const date = when.toLocaleDateString(undefined, { day: "numeric", month: "short" });
    if (distance >= 86400) return date;
    const isNew = date !== day;
    day = date;
    const part = distance < 1 ? (value % 1).toFixed(3).slice(1) : "";
    const seconds = distance < 60 ? `:${two(when.getSeconds())}${part}` : "";
    const time = `${two(when.getHours())}:${two(when.getMinutes())}${seconds}`;
    return isNew ? `${time}\n${date}` : time;
  });
}
