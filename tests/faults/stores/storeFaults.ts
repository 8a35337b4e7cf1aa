import { setTimeout as pause } from "node:timers/promises";
import type { Observed, Scenario, Trial } from "../scenario.ts";
import type { MailingOptions } from "./mailingUnderFault.ts";

export interface StoreScenarioOptions extends MailingOptions {
  readonly isFast?: boolean;
}

/** A scenario of a Send whose store fails; `run` gets what the mailing differs in from the usual one. */
export function storeScenario(
  name: string,
  { isFast = false, ...mailing }: StoreScenarioOptions,
  run: (mailing: MailingOptions, trial: Trial) => Promise<Observed>,
): Scenario<undefined> {
  return { name, isFast, withinSeconds: 200, run: (_setting, trial) => run(mailing, trial) };
}

/** The server of a store hangs for this long. */
export function freeze(milliseconds: number) {
  return async (store: { signal(name: NodeJS.Signals): void }): Promise<void> => {
    store.signal("SIGSTOP");
    await pause(milliseconds);
    store.signal("SIGCONT");
  };
}
