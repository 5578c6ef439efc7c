// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { pythonNodes, tokens } from "./python";

const kinds = (source: string) =>
  tokens(source)
    .filter((token) => token.kind)
    .map((token) => [token.kind, token.text]);

describe("tokens", () => {
  it("finds what is coloured", () => {
    expect(kinds("for i in range(10):  # ten\n    x.max = f'a{i}'")).toEqual([
      ["keyword", "for"],
      ["keyword", "in"],
      ["builtin", "range"],
      ["number", "10"],
      ["comment", "# ten"],
      ["string", "f'a{i}'"],
    ]);
  });
  it("knows magics, decorators, and that a name is no number", () => {
    expect(kinds("%mlrun adam lr=1\n@cache\nconv2d = 1e-3")).toEqual([
      ["magic", "%mlrun adam lr=1"],
      ["decorator", "@cache"],
      ["number", "1e-3"],
    ]);
  });
  it("reads strings over several lines, also those that never end", () => {
    expect(kinds('x = """a # no\nb"""  # yes')).toEqual([
      ["string", '"""a # no\nb"""'],
      ["comment", "# yes"],
    ]);
    expect(kinds("x = 'open\ny = 1")).toEqual([
      ["string", "'open"],
      ["number", "1"],
    ]);
    expect(kinds("x = '''open\ny")).toEqual([["string", "'''open\ny"]]);
  });
  it("loses nothing", () => {
    const source = "a % b\n\tif ü == 'x\\'y': !ls {a}\n<script>1</script>\n";
    expect(
      tokens(source)
        .map((token) => token.text)
        .join(""),
    ).toBe(source);
  });
  it("is quick on long lines", () => {
    const started = performance.now();
    tokens(`x = "${"\\".repeat(50_000)}`);
    tokens(`${"'".repeat(3)}${"a'".repeat(50_000)}`);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("pythonNodes", () => {
  it("never makes markup", () => {
    const box = document.createElement("pre");
    box.append(...pythonNodes("print('<img src=x onerror=1>')"));
    expect(box.querySelectorAll("img")).toHaveLength(0);
    expect(box.textContent).toBe("print('<img src=x onerror=1>')");
  });
});
