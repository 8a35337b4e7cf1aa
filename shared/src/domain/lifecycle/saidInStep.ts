import type { StepName } from "../steps.ts";
import { detailsLimit } from "../workOrder.ts";
import type { OrderWrite } from "./orderWrite.ts";
import { stepPath } from "./runWrites.ts";
import { stepMessage } from "./stepMessage.ts";
import type { Said } from "./transitionRow.ts";

/** All steps with a hundred details each must fit into an item of 400 KB. */
const detailCharacters = 500;

/** What a run reports, as a write on its step. Addresses are masked and texts cut to the limits of the order. */
export function saidIn(step: StepName, said: Said): OrderWrite {
  const details = said.details
    ?.slice(0, detailsLimit)
    .map((detail) => ({ ...detail, text: stepMessage(detail.text, detailCharacters) }));
  const fields = {
    message: said.message === undefined ? undefined : stepMessage(said.message),
    counters: said.counters,
    languages: said.languages,
    details,
    resultRunId: said.resultRunId,
    ceiling: said.ceiling,
  };
  return {
    set: Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [stepPath(step, field as keyof typeof fields), value] as const),
    remove: [],
    when: [],
  };
}
