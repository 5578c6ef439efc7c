import { bytesOf, dataUrl, saveBytes } from "../../lib/bytes";
import { button, h } from "../../lib/dom";
import { foldedText } from "../../lib/folded";
import { number, short, size } from "../../lib/format";
import { type Content, picture, pictureUrl, player } from "../../lib/picture";
import { reachable } from "../../lib/scrolls";
import type { Stage } from "../../lib/stage";
import { problem } from "./section";

interface FileRow {
  path: string;
  size_bytes: number | null;
  mime: string | null;
}

interface Answer {
  rows: FileRow[];
  offset: number;
  total: number;
  total_bytes: number;
}

const MANY = 12;

/** The files of a run: their names, a look into each, and a way to have them. */
export async function artifacts(stage: Stage, run: string, body: HTMLElement): Promise<void> {
  const rows = h("tbody");
  const count = h("span", { class: "nbm-q", role: "status" });
  const foot = h("div", { class: "nbm-fold" });
  const known: { path: string; nodes: HTMLElement[] }[] = [];
  let total = 0;
  const field = h("input", {
    type: "search",
    placeholder: "Find a file",
    "aria-label": "Find a file",
    onInput: () => filter(),
  });
  field.addEventListener("keydown", (event) => event.stopPropagation());
  const filter = () => {
    const wanted = field.value.toLowerCase().trim();
    let hits = 0;
    for (const file of known) {
      const fits = file.path.toLowerCase().includes(wanted);
      hits += Number(fits);
      file.nodes[0]!.hidden = !fits;
      if (!fits) file.nodes[1]!.hidden = true;
    }
    count.textContent = wanted ? `${number(hits)} of ${number(known.length)}` : "";
  };
  const more = async () => {
    const found = await stage.desk.view<Answer>("run/artifacts", { run, offset: known.length });
    total = found.total;
    for (const row of found.rows) {
      const nodes = file(stage, run, row);
      known.push({ path: row.path, nodes });
      rows.append(...nodes);
    }
    filter();
    foot.replaceChildren();
    if (known.length >= total || !found.rows.length) return;
    const rest = button("Show more", () => {
      rest.disabled = true;
      more().catch((error) => foot.replaceChildren(problem(error, () => void more())));
    });
    foot.append(h("span", { class: "nbm-q" }, `first ${number(known.length)} of ${number(total)} files `), rest);
  };
  await more();
  const head = h(
    "tr",
    {},
    ...["file", "size", "type", ""].map((text, at) =>
      h("th", { scope: "col", class: at === 1 ? "nbm-n" : null }, text),
    ),
  );
  if (total > MANY) body.append(h("div", { class: "nbm-tools" }, field, count));
  body.append(
    reachable(
      h("div", { class: "nbm-list-wrap" }, h("table", { class: "nbm-list" }, h("thead", {}, head), rows)),
      "files",
    ),
    foot,
  );
}

/** The row of a file, and the row under it that holds a look into it. */
function file(stage: Stage, run: string, row: FileRow): HTMLElement[] {
  const inside = h("td", { colspan: 4 });
  const under = h("tr", { hidden: true, class: "nbm-under" }, inside);
  const load = async () => {
    inside.replaceChildren(h("div", { class: "nbm-q nbm-waiting", role: "status" }, "Loading"));
    try {
      const found = await stage.desk.view<Content>("run/artifact", { run, path: row.path, preview: true });
      inside.replaceChildren(inner(stage, row, found));
    } catch (error) {
      inside.replaceChildren(problem(error, () => void load()));
    }
  };
  const look = button("Look inside", () => {
    under.hidden = !under.hidden;
    look.setAttribute("aria-expanded", String(!under.hidden));
    look.textContent = under.hidden ? "Look inside" : "Fold";
    if (!under.hidden && !inside.firstChild) void load();
  });
  look.setAttribute("aria-expanded", "false");
  look.setAttribute("aria-label", `Look inside ${row.path}`);
  const name = row.path.length > 80 ? `…${row.path.slice(-79)}` : row.path;
  const main = h(
    "tr",
    {},
    h("td", { title: row.path }, short(name, 80)),
    h(
      "td",
      { class: "nbm-n", title: row.size_bytes === null ? null : `${row.size_bytes} bytes` },
      size(row.size_bytes),
    ),
    h("td", { class: "nbm-q" }, short(row.mime ?? "", 40)),
    h("td", { class: "nbm-row-actions" }, look, download(stage, run, row)),
  );
  return [main, under];
}

function inner(stage: Stage, row: FileRow, found: Content): HTMLElement {
  if (found.missing) return h("div", { class: "nbm-q" }, found.missing);
  const url = pictureUrl(found);
  if (url && found.mime.startsWith("image/")) return picture(url, row.path, stage.root);
  const sound = found.data ? dataUrl(found.mime, found.data) : null;
  if (sound) return player(found.mime, sound, row.path);
  const text = foldedText({ text: found.text ?? "", label: row.path });
  if (found.is_cut)
    text.append(h("div", { class: "nbm-q" }, `The first ${size(found.text?.length)} of ${size(row.size_bytes)}.`));
  return text;
}

/** From the Jupyter server where the view knows one; else the bytes come through the notebook's connection. */
function download(stage: Stage, run: string, row: FileRow): HTMLElement {
  const address = stage.model.get("downloadUrl") as ((run: string, path: string) => string | null) | undefined;
  const url = address?.(run, row.path);
  const label = `Download ${row.path}`;
  if (url) return h("a", { class: "nbm-button", href: url, download: "", "aria-label": label }, "Download");
  const get = button("Download", async () => {
    get.disabled = true;
    try {
      const found = await stage.desk.view<Content>("run/artifact", { run, path: row.path });
      if (found.data === undefined) throw new Error(found.missing ?? "there is nothing in it");
      saveBytes(bytesOf(found.data), row.path);
    } catch (error) {
      stage.say(error, () => get.click());
    }
    get.disabled = false;
  });
  get.setAttribute("aria-label", label);
  return get;
}
