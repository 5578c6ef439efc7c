import { InputDialog } from "@jupyterlab/apputils";
import { AskError } from "../lib/ask";
import type { Named } from "../views/datasets/data";
import type { Offer } from "./commands";
import type { DataActions } from "./data";
import type { RunsPanel } from "./panel/panel";

const VERSION = {
  type: "string",
  description: "A version by name: train, train@v3, train@gold; left out, the chosen one",
};
const VERSIONS = {
  type: "array",
  items: { type: "string" },
  description: "Two versions by name; left out, the chosen ones",
};
const DATASET = { type: "string", description: "Name of the dataset; left out, that of the chosen version" };
const EXAMPLE = "train@v3";

/** The commands about datasets. */
export function dataOffers(panel: RunsPanel, actions: DataActions, show: () => void): Offer[] {
  const chosen = () => (panel.isVisible ? panel.chosenData : []);

  /** The version that is named, else the chosen one, else the one that is asked for. */
  const one = async (value: unknown, title: string): Promise<Named | null> => {
    const [ref] = named(value === undefined || value === null ? [] : [value]);
    if (ref !== undefined) return actions.find(ref);
    const [first] = chosen();
    if (first) return first;
    const asked = await InputDialog.getText({ title, label: "Name of the version", placeholder: EXAMPLE });
    return asked.value ? actions.find(asked.value) : null;
  };
  const both = async (value: unknown): Promise<Named[] | null> => {
    let refs = value === undefined || value === null ? null : named(value);
    if (!refs && chosen().length > 1) return chosen();
    if (!refs) {
      const title = "Compare versions of data";
      const asked = await InputDialog.getText({ title, label: "Two versions", placeholder: "train@v1, train@v3" });
      if (asked.value === null) return null;
      refs = asked.value.split(",").filter((each) => each.trim());
    }
    return Promise.all(refs.map((ref) => actions.find(ref)));
  };

  return [
    {
      id: "nbmlops:show-datasets",
      label: "Show the datasets",
      caption: "Show the panel with the datasets of this notebook",
      execute: show,
    },
    {
      id: "nbmlops:open-datasets",
      label: "Open the table of datasets",
      caption: "All datasets, in the main area",
      execute: () => actions.openTable(),
    },
    {
      id: "nbmlops:open-version",
      label: "Open a version of data",
      short: "Open",
      caption: "Schema, distributions and first rows of a version, in the main area",
      args: { version: VERSION },
      execute: async ({ version }) => {
        const found = await one(version, "Open a version of data");
        if (found) actions.openVersion(found);
      },
    },
    {
      id: "nbmlops:open-dataset",
      label: "Open the versions of a dataset",
      short: "Open all versions",
      caption: "The versions of a dataset, in the main area",
      args: { dataset: DATASET },
      execute: async ({ dataset }) => {
        const found = await one(dataset, "Open the versions of a dataset");
        if (found) actions.openDataset(found.dataset);
      },
    },
    {
      id: "nbmlops:compare-versions",
      label: "Compare versions of data",
      short: "Compare",
      caption: "What changed between two versions of data, in the main area",
      args: { versions: VERSIONS },
      execute: async ({ versions }) => {
        const found = await both(versions);
        if (found) actions.compare(found);
      },
      isInMenu: () => panel.chosenData.length === 2,
    },
    {
      id: "nbmlops:open-lineage",
      label: "Show the lineage of data",
      short: "Lineage",
      caption: "Where a version came from and what was made of it, in the main area",
      args: { version: VERSION },
      execute: async ({ version }) => {
        const found = await one(version, "Show the lineage of data");
        if (found) actions.lineage([found]);
      },
    },
    {
      id: "nbmlops:insert-version",
      label: "Insert a version of data into the notebook",
      short: "Insert into the notebook",
      caption: "Insert a cell that loads the version, below the active one",
      args: { version: VERSION },
      execute: async ({ version }) => {
        const found = await one(version, "Insert a version of data");
        if (found) await actions.insert(!version && chosen().length > 1 ? chosen() : [found]);
      },
    },
  ];
}

/** The names of versions in the arguments of a command. */
function named(value: unknown): string[] {
  const found = Array.isArray(value) ? value : [value];
  for (const each of found)
    if (typeof each !== "string" || !each.trim())
      throw new AskError(
        `a version of data is named by a text; found ${String(JSON.stringify(each)).slice(0, 60)}`,
        'such as {version: "train@v3"} or {versions: ["train@v1", "train@v3"]}',
      );
  return found as string[];
}
