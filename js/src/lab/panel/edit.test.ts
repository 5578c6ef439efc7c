import { expect, it, vi } from "vitest";
import { settled } from "../../../test/model";
import { AskError } from "../../lib/ask";
import { editLine } from "./edit";

function opened(save: (text: string) => Promise<void>, leave = vi.fn()) {
  const line = editLine({
    label: "Note on #1",
    value: "a\nb",
    placeholder: "what was tried",
    hint: "",
    rows: 3,
    save,
    leave,
  });
  document.body.append(line);
  const field = line.querySelector("textarea")!;
  const press = (key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    field.dispatchEvent(event);
    return event;
  };
  return { line, field, press, leave };
}

it("keeps lines; Enter saves, Shift+Enter begins a line, Escape leaves", async () => {
  const save = vi.fn().mockResolvedValue(undefined);
  const { field, press, leave } = opened(save);
  expect(field.value).toBe("a\nb");
  expect(press("Enter", { shiftKey: true }).defaultPrevented).toBe(false);
  expect(save).not.toHaveBeenCalled();
  field.value = "a\nb\nc";
  expect(press("Enter").defaultPrevented).toBe(true);
  expect(save).toHaveBeenCalledWith("a\nb\nc");
  await settled();
  press("Escape");
  expect(leave).toHaveBeenCalledTimes(1);
});

it("leaves without asking anybody when nothing was changed", async () => {
  const save = vi.fn().mockResolvedValue(undefined);
  const { press, leave } = opened(save);
  press("Enter");
  await settled();
  expect(save).not.toHaveBeenCalled();
  expect(leave).toHaveBeenCalledTimes(1);
});

it("does nothing with the keys that end what an input method composes", () => {
  const save = vi.fn().mockResolvedValue(undefined);
  const { field, press, leave } = opened(save);
  field.value = "実験";
  press("Enter", { isComposing: true });
  press("Escape", { isComposing: true });
  expect(save).not.toHaveBeenCalled();
  expect(leave).not.toHaveBeenCalled();
});

it("says in the line what failed and keeps what was typed, once at a time", async () => {
  let fail: (error: Error) => void = () => {};
  const save = vi.fn(() => new Promise<void>((_, reject) => (fail = reject)));
  const { line, field, press } = opened(save);
  field.value = "long thought";
  press("Enter");
  press("Enter");
  expect(save).toHaveBeenCalledTimes(1);
  fail(new AskError("the Jupyter server cannot be reached", "this goes on by itself when it is back", "offline"));
  await settled();
  expect(line.querySelector('[role="alert"]')!.textContent).toBe(
    "the Jupyter server cannot be reached: save again when it is back",
  );
  expect(field.value).toBe("long thought");
  save.mockResolvedValueOnce(undefined);
  press("Enter");
  expect(save).toHaveBeenCalledTimes(2);
  expect(line.querySelector<HTMLElement>('[role="alert"]')!.hidden).toBe(true);
});
