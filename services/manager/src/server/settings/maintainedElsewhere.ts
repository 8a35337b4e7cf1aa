import { elsewhereKey, elsewhereSentence } from "@email-agent/shared/domain/configuration/maintainedElsewhere.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";

/** Why people cannot be imported and addresses not be corrected here; undefined where they can. */
export async function peopleElsewhere({ configStore }: Pick<Manager, "configStore">): Promise<string | undefined> {
  const setting = await configStore.get("setting", elsewhereKey);
  return elsewhereSentence(setting?.fields["value"], "people");
}

/** Refuses a change of what is maintained elsewhere, with the sentence that says so. AppError `conflict`. */
export function refuseElsewhere(sentence: string | undefined): void {
  if (sentence !== undefined) throw new AppError("conflict", sentence, { details: { reason: "elsewhere" } });
}
