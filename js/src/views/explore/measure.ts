import { type Cell, wordOf } from "../../lib/scale";

/** How much a parameter tells about a metric; the same measure as `nbmlops/tracking/importance.py`, for what is brushed. */
export interface Strength {
  strength: number | null;
  chance: number | null;
  trend: number | null;
  runs: number;
  why: string;
}

export const LEAST_RUNS = 4;
export const FEW_RUNS = 10;
const MOST_GROUPS = 6;
const IN_20 = 1.6449;
const IN_40 = 1.96;
const IN_80 = 2.2414;

/** What one parameter tells about the metric of these runs. */
export function strengthOf(values: readonly Cell[], metric: readonly Cell[], runs: readonly number[]): Strength {
  const cells: Cell[] = [];
  const target: number[] = [];
  for (const run of runs) {
    const goal = metric[run];
    const cell = values[run] ?? null;
    if (cell === null || typeof goal !== "number" || !Number.isFinite(goal)) continue;
    cells.push(cell);
    target.push(goal);
  }
  const count = cells.length;
  const none = (why: string): Strength => ({ strength: null, chance: null, trend: null, runs: count, why });
  if (count < LEAST_RUNS) return none(`${count || "no"} run${count === 1 ? "" : "s"} with a value`);
  const ranks = midranks(target);
  if (ranks.every((rank) => rank === ranks[0])) return none("the metric is the same in all of them");
  const { codes, groups, numbers } = grouped(cells);
  if (groups < 2) return none("one value in all of them");
  if (groups > count / 2) return none("nearly every run has a value of its own");
  const looks: [number, number][] = [[between(codes, groups, ranks), byChance(groups, count, numbers ? IN_40 : IN_20)]];
  let trend: number | null = null;
  if (numbers) {
    trend = correlation(midranks(numbers), ranks);
    looks.push([adjusted(trend * trend, 2, count), adjusted(Math.min(1, IN_80 ** 2 / (count - 1)), 2, count)]);
  }
  const [strength, chance] = looks.reduce((best, look) =>
    rounded(look[0]) > rounded(best[0]) || (rounded(look[0]) === rounded(best[0]) && look[1] > best[1]) ? look : best,
  );
  return { strength: share(strength), chance: share(chance), trend, runs: count, why: "" };
}

const rounded = (value: number) => Math.round(value * 1e9); // rounding decides no tie
const share = (value: number) => Math.min(1, Math.max(0, value));

/** Ranks from 1; equal values share the middle of theirs. */
export function midranks(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let at = from; at <= to; at++) ranks[order[at]!] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

function grouped(cells: readonly Cell[]) {
  const finite = cells.filter((cell): cell is number => wordOf(cell) === null);
  const ranks = midranks(finite);
  const distinct = new Set(finite).size;
  const bins = Math.min(MOST_GROUPS, Math.max(2, Math.floor(finite.length / 5)));
  const names = new Map<string, number>();
  let next = 0;
  const codes = cells.map((cell) => {
    const word = wordOf(cell);
    let name = `w${word}`;
    if (word === null) {
      const rank = ranks[next++]!;
      name = `n${distinct > MOST_GROUPS ? Math.floor(((rank - 0.5) * bins) / finite.length) : rank}`;
    }
    const known = names.get(name) ?? names.size;
    names.set(name, known);
    return known;
  });
  return { codes, groups: names.size, numbers: finite.length === cells.length ? finite : null };
}

function between(codes: readonly number[], groups: number, ranks: readonly number[]): number {
  const sums = new Array<number>(groups).fill(0);
  const counts = new Array<number>(groups).fill(0);
  const middle = (ranks.length + 1) / 2;
  let whole = 0;
  codes.forEach((code, at) => {
    sums[code]! += ranks[at]! - middle;
    counts[code]! += 1;
    whole += (ranks[at]! - middle) ** 2;
  });
  const told = sums.reduce((total, sum, group) => total + sum ** 2 / counts[group]!, 0);
  return adjusted(told / whole, groups, ranks.length);
}

const adjusted = (told: number, groups: number, runs: number) => 1 - ((1 - told) * (runs - 1)) / (runs - groups);

function byChance(groups: number, runs: number, normal: number): number {
  const freedom = groups - 1;
  const spread = 2 / (9 * freedom);
  const chiSquared = freedom * (1 - spread + normal * Math.sqrt(spread)) ** 3;
  return adjusted(Math.min(1, chiSquared / (runs - 1)), groups, runs);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const middle = (a.length + 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((rank, at) => {
    const [x, y] = [rank - middle, b[at]! - middle];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  });
  return ab / Math.sqrt(aa * bb);
}
