import type { Render } from "../lib/host";
import { register } from "../lib/stage";
import { compare } from "./compare";
import { curves } from "./curves";
import { datadiff } from "./datadiff";
import { explore } from "./explore";
import { footer } from "./footer";
import { live } from "./live";
import { media } from "./media";
import { run } from "./run";
import { runs } from "./runs";

/** Every view by the name that Python gives it. */
export const VIEWS: Record<string, Render> = { compare, curves, datadiff, explore, footer, live, media, run, runs };

register(VIEWS);
