import { afterEach, describe, expect, it } from "vitest";
import { h } from "./dom";
import { isInLab, JUMP, OPEN, requestJump, requestOpen } from "./open";

const request = { view: "run", args: { run: "a" }, title: "#1" };

describe("requests to the surroundings", () => {
  afterEach(() => {
    delete document.body.dataset.nbmlops;
  });
  it("are refused where nobody is there to take them", () => {
    const node = h("div");
    document.body.append(node);
    expect(requestOpen(node, request)).toBe(false);
    expect(requestJump(node, "a")).toBe(false);
    expect(isInLab()).toBe(false);
  });
  it("reach the page from within a view", () => {
    const node = h("div");
    document.body.append(h("div", {}, node));
    const taken: unknown[] = [];
    const take = (event: Event) => {
      event.preventDefault();
      taken.push((event as CustomEvent).detail);
    };
    for (const name of [OPEN, JUMP]) document.addEventListener(name, take, { once: true });
    expect(requestOpen(node, request)).toBe(true);
    expect(requestJump(node, "a")).toBe(true);
    expect(taken).toEqual([request, { run: "a" }]);
  });
});
