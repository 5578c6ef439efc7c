/** A stretch of text and how a terminal would show it. */
export interface AnsiPart {
  text: string;
  /** Classes such as `nbm-ansi-fg-1 nbm-ansi-bold`; empty for plain text. */
  classes: string[];
  /** Colours beyond the sixteen named ones, as CSS. */
  style: { color?: string; background?: string };
}

interface Pen {
  fg: number | string | null;
  bg: number | string | null;
  flags: Set<string>;
}

const ESC = "\u001b";
const BELL = "\u0007";
// every escape sequence; only those that end in "m" colour, all others vanish
const ESCAPE = new RegExp(
  `${ESC}(?:\\[([0-9;:?]*)([ -/]*[@-~])|\\][^${BELL}${ESC}]*(?:${BELL}|${ESC}\\\\)|[ -/]+[0-~]|[@-Z\\\\-_])`,
  "g",
);
const FLAGS: Record<number, string> = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike" };
const ENDS: Record<number, string[]> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
};

/** Text with terminal colours cut into parts; never markup. */
export function parseAnsi(text: string): AnsiPart[] {
  const parts: AnsiPart[] = [];
  const pen: Pen = { fg: null, bg: null, flags: new Set() };
  let place = 0;
  const add = (end: number) => {
    if (end > place) parts.push({ text: text.slice(place, end), ...looks(pen) });
  };
  for (const match of text.matchAll(ESCAPE)) {
    add(match.index);
    place = match.index + match[0].length;
    if (match[2] === "m" && !match[1]!.includes("?")) apply(pen, match[1]!);
  }
  add(text.length);
  return parts;
}

/** The text without any escape sequence. */
export function withoutAnsi(text: string): string {
  return text.replace(ESCAPE, "");
}

/** The text as nodes: text nodes, and spans with classes where it is coloured. */
export function ansiNodes(text: string): Node[] {
  if (!text.includes(ESC)) return [document.createTextNode(text)];
  return parseAnsi(text).map((part) => {
    const node = document.createTextNode(part.text);
    if (!part.classes.length && !part.style.color && !part.style.background) return node;
    const span = document.createElement("span");
    span.className = part.classes.join(" ");
    if (part.style.color) span.style.color = part.style.color;
    if (part.style.background) span.style.backgroundColor = part.style.background;
    span.append(node);
    return span;
  });
}

function looks(pen: Pen): Omit<AnsiPart, "text"> {
  const classes: string[] = [];
  const style: AnsiPart["style"] = {};
  if (typeof pen.fg === "number") classes.push(`nbm-ansi-fg-${pen.fg}`);
  else if (pen.fg) style.color = pen.fg;
  if (typeof pen.bg === "number") classes.push(`nbm-ansi-bg-${pen.bg}`);
  else if (pen.bg) style.background = pen.bg;
  for (const flag of pen.flags) classes.push(`nbm-ansi-${flag}`);
  return { classes, style };
}

function apply(pen: Pen, codes: string): void {
  const numbers = codes.split(/[;:]/).map((code) => Number(code) || 0);
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at]!;
    if (code === 0) Object.assign(pen, { fg: null, bg: null, flags: new Set() });
    else if (FLAGS[code]) pen.flags.add(FLAGS[code]);
    else if (ENDS[code]) for (const flag of ENDS[code]) pen.flags.delete(flag);
    else if (code >= 30 && code <= 37) pen.fg = code - 30;
    else if (code >= 90 && code <= 97) pen.fg = code - 82;
    else if (code >= 40 && code <= 47) pen.bg = code - 40;
    else if (code >= 100 && code <= 107) pen.bg = code - 92;
    else if (code === 39) pen.fg = null;
    else if (code === 49) pen.bg = null;
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(numbers.slice(at + 1));
      if (code === 38) pen.fg = colour;
      else pen.bg = colour;
      at += used;
    }
  }
}

/** A colour of the 256 or of all, and how many numbers it took. */
function extended(rest: number[]): [number | string | null, number] {
  const byte = (value: number | undefined) => Math.min(Math.max(value ?? 0, 0), 255);
  if (rest[0] === 2) return [`rgb(${byte(rest[1])}, ${byte(rest[2])}, ${byte(rest[3])})`, 4];
  if (rest[0] !== 5) return [null, 1];
  const index = byte(rest[1]);
  if (index < 16) return [index, 2];
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [`rgb(${grey}, ${grey}, ${grey})`, 2];
  }
  const level = (part: number) => (part ? 55 + part * 40 : 0);
  const cube = index - 16;
  return [`rgb(${level(Math.floor(cube / 36))}, ${level(Math.floor(cube / 6) % 6)}, ${level(cube % 6)})`, 2];
}
