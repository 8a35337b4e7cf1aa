import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { testerPeople } from "@email-agent/shared/domain/recipients/tester.ts";
import type { Manager } from "../manager.ts";

/** People by id, as a Test would mail them: testers with an address of their own from Config, all others from Participants. */
export async function peopleById(
  { configTable, participants }: Pick<Manager, "configTable" | "participants">,
  ids: readonly string[],
): Promise<Map<string, Participant>> {
  const testers = testerPeople(await configTable.testers(), ids);
  const found = await participants.getMany(ids.filter((id) => !testers.has(id)));
  return new Map([...found, ...testers]);
}
