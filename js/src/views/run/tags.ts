import { button, h } from "../../lib/dom";
import { short } from "../../lib/format";
import type { Stage } from "../../lib/stage";
import type { RunData } from "./data";

/** `best` or `team=vision` as key and value; null where there is no key. */
export function parseTag(text: string): { key: string; value: string } | null {
  const at = text.indexOf("=");
  const key = (at < 0 ? text : text.slice(0, at)).trim();
  return key ? { key, value: at < 0 ? "" : text.slice(at + 1).trim() } : null;
}

/** The tags of a run: a click edits one, × takes it away, the last one adds. */
export function tagList(
  stage: Stage<{ run: string }, RunData>,
  data: RunData,
  changed: () => Promise<void>,
): HTMLElement {
  const line = h("div", { class: "nbm-run-tags", role: "group", "aria-label": "tags" });
  const act = async (steps: { key: string; value: string | null }[]) => {
    try {
      for (const step of steps) await stage.desk.act("tag", { run: data.run.id, ...step });
      await changed();
    } catch (error) {
      stage.say(error, () => void act(steps));
    }
  };
  const edit = (place: HTMLElement, old: { key: string; value: string | null } | null) => {
    const input = h("input", {
      type: "text",
      value: old ? (old.value ? `${old.key}=${old.value}` : old.key) : "",
      placeholder: "best, or team=vision",
      "aria-label": old ? `tag ${old.key}` : "new tag",
      maxlength: 500,
    });
    const back = () => {
      input.replaceWith(place);
      place.querySelector("button")?.focus();
      if (place instanceof HTMLButtonElement) place.focus();
    };
    let isOver = false;
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") {
        isOver = true;
        back();
      }
      if (event.key !== "Enter") return;
      event.preventDefault();
      const tag = parseTag(input.value);
      isOver = true;
      if (!tag) return back();
      input.disabled = true;
      const gone = old && old.key !== tag.key ? [{ key: old.key, value: null }] : [];
      void act([...gone, tag]).finally(() => input.isConnected && back());
    });
    input.addEventListener("blur", () => {
      // what was typed stays until somebody decides
      if (!isOver && (!input.value.trim() || (old && parseTag(input.value)?.key === old.key))) input.replaceWith(place);
    });
    place.replaceWith(input);
    input.focus();
    input.select();
  };
  for (const tag of data.tags) {
    const text = tag.value ? `${short(tag.key, 40)}=${short(tag.value, 40)}` : short(tag.key, 60);
    const full = tag.value ? `${tag.key}=${tag.value}` : tag.key;
    const chip: HTMLElement = h(
      "span",
      { class: "nbm-tag" },
      h("button", { type: "button", class: "nbm-tag-text", title: full, onClick: () => edit(chip, tag) }, text),
      h(
        "button",
        {
          type: "button",
          class: "nbm-tag-off",
          "aria-label": `Remove tag ${short(tag.key, 40)}`,
          title: "Remove",
          onClick: () => void act([{ key: tag.key, value: null }]),
        },
        "×",
      ),
    );
    line.append(chip);
  }
  const add: HTMLButtonElement = button("Add tag", () => edit(add, null), { class: "nbm-button nbm-quiet-button" });
  line.append(add);
  return line;
}
