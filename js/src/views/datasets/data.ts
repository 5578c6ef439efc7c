import type { OpenRequest } from "../../lib/open";

/** A tag or branch, and the number of the version that it is at. */
export interface Ref {
  name: string;
  kind: "tag" | "branch";
  number: number | null;
}

/** The first versions of a dataset. */
export interface Versions {
  rows: VersionRow[];
  total: number;
}

/** A dataset; shape, size and message are those of the version that its name alone means. */
export interface DatasetRow {
  dataset: string;
  kind: string;
  id: string;
  at: number;
  newest: number;
  count: number;
  shape: string;
  size_bytes: number;
  changed_at: string;
  message: string;
  refs: Ref[];
  more_refs: number;
  /** Where they were asked for. */
  opened?: Versions;
}

export interface VersionRow {
  id: string;
  number: number;
  kind: string;
  refs: Ref[];
  more_refs: number;
  created_at: string;
  run: { id: string; number: number | null; name: string | null } | null;
  shape: string;
  size_bytes: number;
  new_bytes: number;
  kept: string;
  parents: number[];
  message: string;
  content: string;
}

/** What the view `datasets` answers. */
export interface DatasetsData {
  rows: DatasetRow[];
  total: number;
  all: number;
}

/** What the view `dataset` answers. */
export interface DatasetData extends Versions {
  dataset: string;
  all: number;
}

/** What both are asked with. */
export interface ListArgs {
  find?: string;
  limit?: number;
}

/** One version, wherever it is shown. */
export interface Named {
  id: string;
  dataset: string;
  number: number;
}

export const FIRST = 50;
export const NEXT = 200;
/** More than these are never sent. */
export const MOST = 5000;

export function nameOf({ dataset, number }: Named): string {
  return `${dataset}@v${number}`;
}

export function versionPage(version: Named): OpenRequest {
  return { view: "dataversion", args: { version: version.id }, title: nameOf(version) };
}

export function lineageOf(version: Named): OpenRequest {
  return { view: "lineage", args: { version: version.id }, title: `${nameOf(version)} lineage` };
}

export function versionsOf(dataset: string): OpenRequest {
  return { view: "dataset", args: { dataset }, title: dataset };
}

/** The diff of two versions, the older one first; of two datasets in the order in which they were chosen. */
export function diffOf(one: Named, two: Named): OpenRequest {
  const isTurned = one.dataset === two.dataset && one.number > two.number;
  const [before, after] = isTurned ? [two, one] : [one, two];
  const title = `${nameOf(before)} → ${before.dataset === after.dataset ? `v${after.number}` : nameOf(after)}`;
  return { view: "datadiff", args: { before: before.id, after: after.id }, title };
}
