import { expect, it, vi } from "vitest";
import { Rest } from "./rest";

it("offers more until the server has no more to send, then the table", () => {
  const actions = { more: vi.fn(), deleted: vi.fn(), table: vi.fn() };
  const rest = new Rest(actions);
  const some = { shown: 200, total: 5000, most: 2000, deleted: 0, isDeleted: false };
  const text = () => rest.node.textContent!.replace(/\s/g, " ");
  rest.show(some);
  expect(text()).toBe("Show more of 5 000");
  rest.node.querySelector("button")!.click();
  expect(actions.more).toHaveBeenCalledTimes(1);
  rest.show({ ...some, shown: 2000 });
  expect(text()).toContain("The list ends after 2 000 runs");
  expect(text()).not.toContain("Show more");
  rest.node.querySelector("button")!.click();
  expect(actions.table).toHaveBeenCalledTimes(1);
  rest.show({ ...some, shown: 2000, isDeleted: true });
  expect(text()).toBe("The list ends after 2 000 deleted runs; filter to see others.Back to the runs");
  rest.show({ ...some, shown: 3, total: 3, deleted: 1 });
  expect(text()).toBe("Show 1 deleted");
});
