import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { sweep } from "@email-agent/shared/kit/sweep.ts";
import { ulid } from "ulid";
import { endAbandonedResolutions } from "./doubts/endResolution.ts";
import type { Manager } from "./manager.ts";
import { finishForgetting } from "./people/forgetPerson.ts";
import { keepForMonths } from "./people/keepForMonths.ts";
import { pauseForReturnedMail } from "./settings/account/pauseForReturnedMail.ts";
import { finishResets } from "./settings/settleResets.ts";

const forgettingMilliseconds = 60_000;
const retentionMilliseconds = 60 * 60_000;
const resetsMilliseconds = 60_000;
const returnedMailMilliseconds = 30_000;
const resolutionsMilliseconds = 60_000;

/** What the Email Manager does by itself, at intervals. Every process does it; what must be done by one at a time decides that itself. */
export function startSweeps(manager: Manager): AsyncDisposable {
  const holder = ulid();
  const running = new AsyncDisposableStack();
  const { log } = manager;
  running.use(
    sweep({
      name: "finish forgetting",
      everyMilliseconds: forgettingMilliseconds,
      work: (signal) => finishForgetting(manager, signal),
      clock: systemClock,
      log,
    }),
  );
  running.use(
    sweep({
      name: "retention",
      everyMilliseconds: retentionMilliseconds,
      work: (signal) => keepForMonths(manager, holder, signal),
      clock: systemClock,
      log,
    }),
  );
  running.use(
    sweep({
      name: "returned mail",
      everyMilliseconds: returnedMailMilliseconds,
      work: (signal) => pauseForReturnedMail(manager, signal),
      clock: systemClock,
      log,
    }),
  );
  running.use(
    sweep({
      name: "resets",
      everyMilliseconds: resetsMilliseconds,
      work: (signal) => finishResets(manager, signal),
      clock: systemClock,
      log,
    }),
  );
  running.use(
    sweep({
      name: "bulk resolutions",
      everyMilliseconds: resolutionsMilliseconds,
      work: (signal) => endAbandonedResolutions(manager, signal),
      clock: systemClock,
      log,
    }),
  );
  return running;
}
