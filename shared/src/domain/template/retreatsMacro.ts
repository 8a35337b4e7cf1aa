import type { EventRecord } from "../event.ts";
import { selectedRetreats } from "../recipients/offering.ts";
import { RenderError } from "./renderError.ts";
import type { Node, RetreatsNode } from "./templateNodes.ts";

/** The bullet list of the retreats a person selected; `prompts` by retreat key, `macro` as its author wrote it. */
export function retreatsNode(
  macro: string,
  event: EventRecord,
  prompts: ReadonlyMap<string, readonly Node[]>,
): RetreatsNode {
  return {
    is: "retreats",
    prompts,
    selected(scope) {
      const keys = selectedRetreats(scope.recipient.participant, event);
      if (keys.length === 0) {
        throw new RenderError(`${macro}: no retreat is selected; put it inside #if retreats <prefix>.`);
      }
      const unknown = keys.find((key) => !prompts.has(key));
      if (unknown === undefined) return keys;
      throw new RenderError(
        `${macro}: retreat "${unknown}" was selected but has no row in config.whichRetreatsConfig of event ${event.aid}.`,
      );
    },
  };
}
