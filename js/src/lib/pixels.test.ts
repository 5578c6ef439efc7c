// @vitest-environment node
import { expect, it } from "vitest";
import { differing, pixelDifference } from "./pixels";

const picture = (...values: number[]) => new Uint8ClampedArray(values);

it("tells pixels that differ from those that do not", () => {
  const a = picture(255, 0, 0, 255, 10, 10, 10, 255);
  const b = picture(0, 0, 255, 255, 12, 10, 10, 255);
  const { pixels, share } = pixelDifference(a, b);
  expect(share).toBe(0.5);
  expect([...pixels.slice(0, 3)]).toEqual([208, 0, 111]);
  expect([...pixels.slice(4)]).toEqual([10, 10, 10, 76]);
});

it("sees what is transparent in one of them", () => {
  expect(pixelDifference(picture(0, 0, 0, 0), picture(0, 0, 0, 255)).share).toBe(1);
  expect(pixelDifference(picture(), picture()).share).toBe(0);
});

it("says in words how many differ", () => {
  expect([0, 0.0001, 0.032, 0.5].map(differing)).toEqual([
    "no pixel differs",
    "less than 0.1 % of the pixels differ",
    "3.2 % of the pixels differ",
    "50 % of the pixels differ",
  ]);
});
