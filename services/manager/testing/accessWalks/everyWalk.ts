import type { Walks } from "./attack.ts";
import { importWalks } from "./importWalks.ts";
import { mailWalks, reportWalks } from "./mailWalks.ts";
import { orderWalks } from "./orderWalks.ts";
import { peopleWalks } from "./peopleWalks.ts";
import { publicWalks } from "./publicWalks.ts";
import { settingsWalks } from "./settingsWalks.ts";
import { templateWalks } from "./templateWalks.ts";

/** The requests to every route, by feature; a new route goes into the file of its feature. */
export const everyWalk: Walks = {
  ...settingsWalks,
  ...templateWalks,
  ...orderWalks,
  ...mailWalks,
  ...reportWalks,
  ...peopleWalks,
  ...importWalks,
  ...publicWalks,
};
