import { mutate } from "swr";
import { firstStepsAddress } from "../../api/firstSteps.ts";

/** After a change of the settings: what forms offer to choose from, and the first steps, are read anew. */
export function settingsChanged(): void {
  // Without a value: a form that opens next would begin with the old choices.
  void mutate("/api/options", undefined);
  void mutate(firstStepsAddress);
}
