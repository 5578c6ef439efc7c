/** The same ten colours and dashes as `nbmlops/ui/colours.py`; a test compares them. */
export const RUN_COLOURS = [
  "#2255cc",
  "#ff9900",
  "#227755",
  "#dd5599",
  "#0099cc",
  "#bb2211",
  "#00cc88",
  "#884488",
  "#aa7700",
  "#cc99ff",
] as const;

export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export const NO_COLOUR = "var(--nbm-quiet)";

/** The colour of a run, the same in every table and chart. */
export function runColour(number: number | null | undefined): string {
  if (number === null || number === undefined) return NO_COLOUR;
  return RUN_COLOURS[(number - 1) % RUN_COLOURS.length]!;
}

export interface RunStyle {
  colour: string;
  dash: readonly number[];
}

/** Colour and dash of each run in one view: a second run of the same colour takes the next dash. */
export function runStyles(numbers: readonly (number | null)[]): RunStyle[] {
  const used = new Map<string, number>();
  return numbers.map((number) => {
    const colour = runColour(number);
    const times = used.get(colour) ?? 0;
    used.set(colour, times + 1);
    return { colour, dash: DASHES[times % DASHES.length]! };
  });
}
