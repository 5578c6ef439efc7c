// @vitest-environment node
import { describe, expect, it, vi } from "vitest";
import { PAGE, Rows } from "./rows";
import type { Row } from "./types";

const row = (number: number): Row => ({
  run: { number, id: `r${number}`, name: null, status: "finished", experiment: "wine", is_baseline: false },
  cells: [],
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, place) => row(from + place));

function made(total: number) {
  const asked: number[] = [];
  const fetch = vi.fn(async (offset: number, limit: number) => {
    asked.push(offset);
    return { total, rows: range(offset, Math.min(offset + limit, total)) };
  });
  const arrived = vi.fn();
  const failed = vi.fn();
  const rows = new Rows(fetch, arrived, failed);
  rows.begin(range(0, Math.min(PAGE, total)), total);
  return { rows, asked, fetch, arrived, failed };
}

describe("Rows", () => {
  it("asks for what is looked at, once", async () => {
    const { rows, asked, arrived } = made(1000);
    rows.need(0, 30);
    expect(asked).toEqual([]);
    rows.need(390, 410);
    rows.need(395, 415);
    await vi.waitFor(() => expect(arrived).toHaveBeenCalledTimes(2));
    expect(asked).toEqual([200, 400]);
    expect(rows.at(405)?.run.number).toBe(405);
    expect(rows.at(700)).toBeNull();
    expect(rows.placeOf("r405")).toBe(405);
  });

  it("knows the end", async () => {
    const { rows, asked, arrived } = made(450);
    rows.need(440, 450);
    await vi.waitFor(() => expect(arrived).toHaveBeenCalled());
    rows.need(440, 900);
    expect(asked).toEqual([400]);
  });

  it("drops an answer to an older question", async () => {
    const { rows, arrived } = made(1000);
    rows.need(400, 410);
    rows.begin(range(0, PAGE), 300);
    await Promise.resolve();
    await Promise.resolve();
    expect(arrived).not.toHaveBeenCalled();
    expect(rows.at(400)).toBeNull();
  });

  it("keeps the old rows in sight until they were asked again", async () => {
    const { rows, asked, arrived } = made(1000);
    rows.need(200, 210);
    await vi.waitFor(() => expect(arrived).toHaveBeenCalled());
    rows.begin(range(0, PAGE), 1000, true);
    expect(rows.at(205)?.run.number).toBe(205);
    rows.need(200, 210);
    expect(asked).toEqual([200, 200]);
  });

  it("asks no second time by itself when nobody answers", async () => {
    const { rows, fetch, failed } = made(1000);
    fetch.mockRejectedValueOnce(new Error("gone"));
    rows.need(400, 410);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(1));
    rows.need(405, 415);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("asks again for what could not be had, when it is looked at anew or somebody says so", async () => {
    const { rows, fetch, failed, arrived } = made(1000);
    fetch.mockRejectedValueOnce(new Error("gone")).mockRejectedValueOnce(new Error("gone"));
    rows.need(400, 410);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(1));
    rows.need(0, 30);
    rows.need(400, 410);
    await vi.waitFor(() => expect(failed).toHaveBeenCalledTimes(2));
    rows.retry();
    rows.need(400, 410);
    await vi.waitFor(() => expect(arrived).toHaveBeenCalled());
    expect(fetch).toHaveBeenCalledTimes(3);
    expect(rows.at(405)?.run.number).toBe(405);
  });

  it("holds only so many pages, the first one always", async () => {
    const { rows, arrived } = made(20_000);
    for (let page = 1; page < 60; page++) rows.need(page * PAGE, page * PAGE + 1);
    await vi.waitFor(() => expect(arrived).toHaveBeenCalledTimes(59));
    expect([...rows.known()].length).toBe(40 * PAGE);
    expect(rows.at(0)).not.toBeNull();
    expect(rows.at(59 * PAGE)).not.toBeNull();
  });
});
