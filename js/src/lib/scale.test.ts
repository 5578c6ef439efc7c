import { describe, expect, it } from "vitest";
import { categoryScale, linearTicks, NOT_SET, numberScale, toPixel, toPlace } from "./scale";

const labels = (ticks: { label: string }[]) => ticks.map((tick) => tick.label);

describe("an axis of numbers", () => {
  it("goes from the lowest to the highest", () => {
    const scale = numberScale([4, 2, 3]);
    expect([scale.place(2), scale.place(3), scale.place(4)]).toEqual([0, 0.5, 1]);
    expect(scale.value(0.25)).toBe(2.5);
    expect(scale.words).toEqual([]);
  });

  it("is logarithmic by itself from a factor of 50 on, and as it was switched", () => {
    expect(numberScale([1, 49]).kind).toBe("linear");
    const scale = numberScale([0.001, 0.1]);
    expect(scale.kind).toBe("log");
    expect(scale.place(0.01)).toBeCloseTo(0.5);
    expect(scale.value(0.5)).toBeCloseTo(0.01);
    expect(numberScale([0.001, 0.1], false).kind).toBe("linear");
    expect(numberScale([1, 2], true).kind).toBe("log");
    expect(numberScale([0, 1000], true)).toMatchObject({ kind: "linear", canLog: false });
  });

  it("has a slot for each word and for missing values, missing last", () => {
    const scale = numberScale([1, Number.NaN, null, "auto", Number.POSITIVE_INFINITY, 2]);
    expect(scale.words).toEqual(["NaN", "auto", "inf", NOT_SET]);
    expect([Number.NaN, "auto", Number.POSITIVE_INFINITY, null].map((cell) => scale.place(cell))).toEqual([
      -1, -2, -3, -4,
    ]);
  });

  it("draws one value in the middle, and none at all", () => {
    expect(numberScale([7, 7]).place(7)).toBe(0.5);
    expect(numberScale([0]).place(0)).toBe(0.5);
    expect(numberScale([null, Number.NaN]).words).toEqual(["NaN", NOT_SET]);
    expect(numberScale([]).domain).toEqual([0, 1]);
  });

  it("holds the largest numbers there are", () => {
    const scale = numberScale([-Number.MAX_VALUE, 0, Number.MAX_VALUE]);
    expect(scale.place(0)).toBeCloseTo(0.5);
    expect(scale.value(0.5)).toBeCloseTo(0);
    expect(scale.ticks(5).every((tick) => Number.isFinite(tick.place))).toBe(true);
  });

  it("has its own values as ticks if they are few, round ones else", () => {
    expect(labels(numberScale([16, 32, 64, 128]).ticks(7))).toEqual(["16", "32", "64", "128"]);
    const many = Array.from({ length: 40 }, (_, at) => at / 4);
    expect(labels(numberScale(many).ticks(6))).toEqual(["0", "2", "4", "6", "8"]);
  });

  it("keeps ticks apart", () => {
    const places = numberScale([1, 1.001, 1.002, 5])
      .ticks(7)
      .map((tick) => tick.place);
    expect(places).toHaveLength(2);
  });
});

describe("ticks", () => {
  it("are round and inside", () => {
    expect(linearTicks(0.826, 0.963, 7)).toEqual([0.84, 0.86, 0.88, 0.9, 0.92, 0.94, 0.96]);
    expect(linearTicks(-1, 1, 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(linearTicks(3, 3, 4)).toEqual([3]);
  });

  it("of a logarithmic axis are powers of ten", () => {
    const many = Array.from({ length: 30 }, (_, at) => 10 ** (-at / 5));
    expect(labels(numberScale(many).ticks(7))).toEqual(["1e-5", "0.0001", "0.001", "0.01", "0.1", "1"]);
  });
});

describe("an axis of categories", () => {
  it("gives each label a stretch, and missing values a slot", () => {
    const scale = categoryScale(["a", null, "b"], ["a", "b"]);
    expect([scale.place("a"), scale.place("b"), scale.place(null)]).toEqual([0.25, 0.75, -1]);
    expect(scale.words).toEqual([NOT_SET]);
    expect(scale.value(0.3)).toBe(0);
  });

  it("writes as many labels as there is room for", () => {
    const many = Array.from({ length: 100 }, (_, at) => `c${at}`);
    expect(labels(categoryScale(many, many).ticks(5))).toEqual(["c0", "c20", "c40", "c60", "c80"]);
  });
});

describe("places and pixels", () => {
  const down = { zero: 200, one: 20, slot: 16, gap: 8 };
  const along = { zero: 60, one: 400, slot: 30, gap: 6 };

  it("are each other's reverse, in the band too", () => {
    for (const span of [down, along])
      for (const place of [-3, -2.5, -1.2, -0.5, -0.2, 0, 0.3, 1])
        expect(toPlace(span, toPixel(span, place))).toBeCloseTo(place, 9);
  });

  it("put the band beyond the lower end", () => {
    expect(toPixel(down, -1)).toBe(216);
    expect(toPixel(along, -1)).toBe(39);
    expect(toPlace(down, 0)).toBe(1);
  });
});
