import { auditAct } from "@email-agent/shared/domain/lifecycle/auditActs.ts";
import { personLines } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { PersonLine } from "../../api/personChanges.ts";
import type { Manager } from "../manager.ts";
import { whatHappened } from "../sending/auditWords.ts";
import { userNames } from "../sending/userNames.ts";

/** What users changed of one person, newest first. */
export async function personHistory(
  ports: Pick<Manager, "audit" | "configTable">,
  participantId: string,
): Promise<PersonLine[]> {
  const lines = await Array.fromAsync(ports.audit.lines(personLines(participantId), "U"));
  const nameOf = await userNames(
    ports,
    lines.map(({ by }) => by),
  );
  return lines.reverse().map((line) => {
    const act = auditAct(line);
    const reason = act && "data" in act && act.data && "reason" in act.data ? act.data.reason : undefined;
    return {
      ...{ id: line.sk, at: line.at, what: whatHappened(line) },
      ...(line.by && { by: nameOf(line.by) }),
      ...(reason && { reason }),
    };
  });
}
