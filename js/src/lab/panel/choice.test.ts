// @vitest-environment node
import { describe, expect, it } from "vitest";
import { Choice } from "./choice";

function list(...ids: string[]): Choice {
  const choice = new Choice();
  choice.setRows(ids);
  return choice;
}

describe("Choice", () => {
  it("a click chooses one, ctrl adds and takes away, in the order of the clicks", () => {
    const choice = list("a", "b", "c");
    choice.pick("c");
    choice.pick("a", { add: true });
    expect(choice.chosen).toEqual(["c", "a"]);
    choice.pick("c", { add: true });
    expect(choice.chosen).toEqual(["a"]);
    choice.pick("b");
    expect(choice.chosen).toEqual(["b"]);
  });

  it("shift chooses from where it was begun, in the direction of the movement", () => {
    const choice = list("a", "b", "c", "d");
    choice.pick("c");
    choice.pick("a", { range: true });
    expect(choice.chosen).toEqual(["c", "b", "a"]);
    choice.pick("d", { range: true });
    expect(choice.chosen).toEqual(["c", "d"]);
  });

  it("arrows choose; with ctrl they only move", () => {
    const choice = list("a", "b", "c");
    choice.move(1);
    expect([choice.active, choice.chosen]).toEqual(["a", ["a"]]);
    choice.move(1, { add: true });
    expect([choice.active, choice.chosen]).toEqual(["b", ["a"]]);
    choice.move(9, { range: true });
    expect(choice.chosen).toEqual(["a", "b", "c"]);
    choice.move(-9);
    expect([choice.active, choice.chosen]).toEqual(["a", ["a"]]);
  });

  it("keeps what is still there when the list changes, and the place of what is gone", () => {
    const choice = list("a", "b", "c");
    choice.pick("b");
    choice.pick("c", { add: true });
    choice.setRows(["new", "a", "b"]);
    expect([choice.active, choice.chosen]).toEqual(["b", ["b"]]);
    choice.setRows([]);
    expect([choice.active, choice.chosen]).toEqual([null, []]);
    choice.move(1);
    expect(choice.active).toBeNull();
  });
});
