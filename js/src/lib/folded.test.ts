// @vitest-environment jsdom
import { describe, expect, it, vi } from "vitest";
import { foldedText } from "./folded";

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`).join("\n");
const pre = (box: HTMLElement) => box.querySelector("pre")!.textContent!;
const click = (box: HTMLElement) => box.querySelector("button")!.click();

describe("foldedText", () => {
  it("shows a short text whole, and folds nothing away that is only a few lines", () => {
    const box = foldedText({ text: `${lines(24)}\n` });
    expect(pre(box).split("\n")).toHaveLength(24);
    expect(box.querySelector<HTMLElement>(".nbm-fold")!.hidden).toBe(true);
  });
  it("says how many lines there are, and shows and folds them", () => {
    const box = foldedText({ text: lines(1204) });
    expect(pre(box).split("\n")).toHaveLength(20);
    expect(box.textContent).toContain("first 20 of 1\u202f204 lines");
    click(box);
    expect(pre(box).split("\n")).toHaveLength(1204);
    click(box);
    expect(pre(box).split("\n")).toHaveLength(20);
  });
  it("asks for the rest of what is only a beginning", async () => {
    const whole = vi.fn(async () => ({ text: lines(50), isCut: true }));
    const box = foldedText({ text: lines(3), whole });
    expect(box.textContent).toContain("and more");
    click(box);
    await vi.waitFor(() => expect(pre(box)).toContain("too long to be shown"));
    expect(pre(box)).toContain("line 49");
    expect(whole).toHaveBeenCalledOnce();
  });
  it("keeps what is there when the rest cannot be had", async () => {
    const box = foldedText({ text: lines(3), whole: async () => Promise.reject(new Error("busy")) });
    click(box);
    await vi.waitFor(() => expect(box.textContent).toContain("busy"));
    expect(pre(box)).toContain("line 2");
    expect(box.querySelector("button")!.disabled).toBe(false);
  });
  it("never makes markup of a text", () => {
    const box = foldedText({ text: "<img src=x onerror=1>" });
    expect(box.querySelectorAll("img")).toHaveLength(0);
  });
});
