import { h } from "../../lib/dom";
import { number } from "../../lib/format";
import { isKnown, type Stage } from "../../lib/stage";
import { artifacts } from "./artifacts";
import type { RunData } from "./data";
import { environment } from "./environment";
import { outputs } from "./outputs";
import type { SectionOptions } from "./section";
import { source } from "./source";

/** Draws another view into an element; what it returns takes it away again. */
export type Embed = (body: HTMLElement, view: string, args: Record<string, unknown>) => () => void;

/** The sections of a run in their order; what is empty is not there. `system` is the table of what the machine did. */
export function sectionsOf(stage: Stage, data: RunData, embed: Embed, system: HTMLElement): SectionOptions[] {
  const { counts, environment: around } = data;
  const id = data.run.id;
  const curves = data.metrics.rows.filter((row) => row.count > 1);
  const many = (count: number, word: string) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;
  const all: (SectionOptions & { is: boolean })[] = [
    {
      is: curves.length > 0 && isKnown("curves"),
      key: "curves",
      title: "Curves",
      summary: "",
      isOpen: true,
      fill: (body: HTMLElement) =>
        embed(body, "curves", { runs: [id], metrics: curves.slice(0, 12).map((row) => row.key) }),
    },
    {
      is: counts.outputs > 0,
      key: "outputs",
      title: "Outputs",
      summary: number(counts.outputs),
      fill: (body: HTMLElement) => outputs(stage, id, body),
    },
    {
      is: counts.cells > 0,
      key: "source",
      title: "Source",
      summary: many(counts.cells, "cell"),
      fill: (body: HTMLElement) => source(stage, id, body),
    },
    {
      is: counts.series > 0 && isKnown("media"),
      key: "media",
      title: "Media",
      summary: `${many(counts.series, "key")}${counts.entries > counts.series ? `, ${number(counts.entries)} entries` : ""}`,
      fill: (body: HTMLElement) => embed(body, "media", { runs: [id] }),
    },
    {
      is: counts.artifacts > 0,
      key: "artifacts",
      title: "Artifacts",
      summary: many(counts.artifacts, "file"),
      fill: (body: HTMLElement) => artifacts(stage, id, body),
    },
    {
      is: data.system.total > 0,
      key: "system",
      title: "System use",
      summary: "",
      fill: (body: HTMLElement) => {
        body.append(system);
        const keys = data.system.rows.filter((row) => row.count > 1).map((row) => row.key);
        if (!keys.length || !isKnown("curves")) return;
        const place = h("div");
        body.append(place);
        return embed(place, "curves", { runs: [id], metrics: keys.slice(0, 12), x: "relative" });
      },
    },
    {
      is: around !== null,
      key: "environment",
      title: "Environment",
      summary: around
        ? [around.python && `Python ${around.python}`, many(around.packages, "package")].filter(Boolean).join(" · ")
        : "",
      fill: (body: HTMLElement) => environment(stage, id, around!, body),
    },
  ];
  return all.filter((section) => section.is);
}
