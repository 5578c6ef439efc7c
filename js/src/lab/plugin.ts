import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "nbmlops:plugin",
  description: "Runs beside the notebook that made them.",
  autoStart: true,
  activate: (_app: JupyterFrontEnd) => {},
};

export default plugin;
