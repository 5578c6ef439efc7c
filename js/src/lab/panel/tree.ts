/** An experiment as the panel's view sends it. */
export interface Experiment {
  name: string;
  runs: number;
  running: number;
}

/** A line of the tree: an experiment, a folder of experiments (`vision/...`), or both. */
export interface Branch {
  path: string;
  label: string;
  /** Null where no experiment has this very name. */
  experiment: Experiment | null;
  runs: number;
  running: number;
  children: Branch[];
}

/** Experiments as a tree: names that share a part before a slash stand below it. */
export function experimentTree(experiments: readonly Experiment[]): Branch[] {
  const top = branch("", "");
  for (const experiment of experiments) {
    let at = top;
    for (const part of experiment.name.split("/")) {
      const path = at === top ? part : `${at.path}/${part}`;
      let next = at.children.find((child) => child.path === path);
      if (!next) {
        next = branch(path, part);
        at.children.push(next);
      }
      at = next;
      at.runs += experiment.runs;
      at.running += experiment.running;
    }
    at.experiment = experiment;
  }
  return top.children.map(joined);
}

/** The lines that are seen when some branches are closed, with their depth. */
export function visibleBranches(tree: readonly Branch[], closed: ReadonlySet<string>, level = 1): [Branch, number][] {
  return tree.flatMap((each) => [
    [each, level] as [Branch, number],
    ...(closed.has(each.path) ? [] : visibleBranches(each.children, closed, level + 1)),
  ]);
}

function branch(path: string, label: string): Branch {
  return { path, label, experiment: null, runs: 0, running: 0, children: [] };
}

/** A folder of one thing is no folder: `vision/resnet` alone is one line. */
function joined(each: Branch): Branch {
  let found = each;
  while (!found.experiment && found.children.length === 1) {
    const [only] = found.children;
    found = { ...only!, label: `${found.label}/${only!.label}` };
  }
  return { ...found, children: found.children.map(joined) };
}
