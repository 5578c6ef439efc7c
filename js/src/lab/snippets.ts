import { type Named, nameOf } from "../views/datasets/data";

const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global " +
    "if import in is lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

/** The source that loads a version again; of two what differs between them; of more all of them. */
export function dataSource(alias: string, versions: readonly Named[]): string {
  const quoted = versions.map((version) => JSON.stringify(nameOf(version)));
  if (versions.length === 2) return `${alias}.data.diff(${quoted.join(", ")})`;
  const names = versions.map(({ dataset, number }) => {
    const name = variable(dataset, alias);
    return versions.length > 1 ? `${name}_v${number}` : name;
  });
  return quoted.map((name, at) => `${names[at]} = ${alias}.data.load(${name})`).join("\n");
}

/** A name that Python takes for the values of a dataset, and that hides nothing that the call needs. */
export function variable(dataset: string, alias: string): string {
  const name = dataset.replace(/[^\p{L}\p{Nd}_]+/gu, "_").replace(/^_+|_+$/g, "");
  if (!name) return "data";
  if (/^\p{Nd}/u.test(name)) return `data_${name}`;
  return KEYWORDS.has(name) || name === alias ? `${name}_` : name;
}
