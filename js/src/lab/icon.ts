import { LabIcon } from "@jupyterlab/ui-components";

/** Two curves that part: runs beside each other. */
export const runsIcon = new LabIcon({
  name: "nbmlops:runs",
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g fill="none" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
    <path class="jp-icon3" stroke="#616161" d="M4 4v16h16"/>
    <path class="jp-icon3" stroke="#616161" d="M8 16c3 0 4-9 12-10"/>
    <path class="jp-icon3" stroke="#616161" d="M8 16c4 0 6-4 12-4"/>
  </g>
</svg>`,
});
