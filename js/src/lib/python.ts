/** What a piece of Python is, for its colour; null for what has none. */
export type Kind = "comment" | "string" | "number" | "keyword" | "builtin" | "decorator" | "magic" | null;

export interface Token {
  text: string;
  kind: Kind;
}

const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global " +
    "if import in is lambda nonlocal not or pass raise return try while with yield match case"
  ).split(" "),
);
const BUILTINS = new Set(
  (
    "abs all any bool bytes dict dir enumerate filter float format frozenset getattr hasattr input int isinstance " +
    "issubclass iter len list map max min next object open print range repr reversed round self set setattr slice " +
    "sorted str sum super tuple type vars zip"
  ).split(" "),
);

const PIECE = new RegExp(
  [
    "(?<comment>#[^\\n]*)",
    `(?<string>(?:[rbuft]{1,2})?(?:"""(?:\\\\[^]|(?!""")[^\\\\])*(?:"""|$)|'''(?:\\\\[^]|(?!''')[^\\\\])*(?:'''|$)` +
      `|"(?:\\\\[^]|[^"\\\\\\n])*"?|'(?:\\\\[^]|[^'\\\\\\n])*'?))`,
    "(?<number>(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\\d[\\d_]*\\.?[\\d_]*|\\.\\d[\\d_]*)(?:[eE][+-]?\\d+)?)[jJ]?)",
    "(?<magic>(?<=^|\\n)[ \\t]*[%!]{1,2}[^\\n]*)",
    "(?<decorator>(?<=^|\\n)[ \\t]*@[\\w.]+)",
    "(?<word>[\\p{L}_][\\p{L}\\p{N}_]*)",
  ].join("|"),
  "giu",
);

/** Python cut into pieces by what they are; joined they are the source again. */
export function tokens(source: string): Token[] {
  const found: Token[] = [];
  let place = 0;
  const add = (text: string, kind: Kind) => {
    const last = found.at(-1);
    if (last && last.kind === kind) last.text += text;
    else if (text) found.push({ text, kind });
  };
  for (const match of source.matchAll(PIECE)) {
    add(source.slice(place, match.index), null);
    place = match.index + match[0].length;
    const groups = match.groups!;
    const named = (["comment", "string", "number", "magic", "decorator"] as const).find((kind) => groups[kind]);
    const word = groups.word;
    if (named) add(match[0], named);
    else if (word && KEYWORDS.has(word)) add(word, "keyword");
    else if (word && BUILTINS.has(word) && source[match.index - 1] !== ".") add(word, "builtin");
    else add(match[0], null);
  }
  add(source.slice(place), null);
  return found;
}

/** Source as nodes, coloured by classes; very long sources are left plain. */
export function pythonNodes(source: string): Node[] {
  if (source.length > 200_000) return [document.createTextNode(source)];
  return tokens(source).map(({ text, kind }) => {
    if (!kind) return document.createTextNode(text);
    const span = document.createElement("span");
    span.className = `nbm-py-${kind}`;
    span.textContent = text;
    return span;
  });
}
