import { clocks } from "./freezes/clocks.ts";
import { freezes } from "./freezes/freezes.ts";
import { hostileInput } from "./hostile/hostile.ts";
import { kills } from "./kills/kills.ts";
import { randomKills } from "./kills/randomKills.ts";
import { limits } from "./limits/limits.ts";
import { load } from "./load/load.ts";
import { mailServers } from "./mailServers/mailServers.ts";
import { models } from "./models/models.ts";
import type { Area } from "./scenario.ts";
import { smtpFaults } from "./smtp/smtpFaults.ts";
import { databaseFaults } from "./stores/databaseFaults.ts";
import { redisFaults } from "./stores/redisFaults.ts";

/** All areas, in the order of the table. */
export const areas: readonly Area[] = [
  smtpFaults,
  mailServers,
  hostileInput,
  kills,
  randomKills,
  freezes,
  clocks,
  limits,
  models,
  redisFaults,
  databaseFaults,
  load,
];
