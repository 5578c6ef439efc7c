import type { Render } from "../lib/host";
import { register } from "../lib/stage";
import { compare } from "./compare";
import { curves } from "./curves";
import { datadiff } from "./datadiff";
import { dataset } from "./dataset";
import { datasets } from "./datasets";
import { dataversion } from "./dataversion";
import { explore } from "./explore";
import { footer } from "./footer";
import { lineage } from "./lineage";
import { live } from "./live";
import { media } from "./media";
import { run } from "./run";
import { runs } from "./runs";

/** Every view by the name that Python gives it. */
export const VIEWS: Record<string, Render> = {
  compare,
  curves,
  datadiff,
  dataset,
  datasets,
  dataversion,
  explore,
  footer,
  lineage,
  live,
  media,
  run,
  runs,
};

register(VIEWS);
