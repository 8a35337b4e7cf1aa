import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { auditAct } from "@email-agent/shared/domain/lifecycle/auditActs.ts";
import { type AuditLine, personLines } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { PersonLine } from "../../api/personChanges.ts";
import type { Manager } from "../manager.ts";
import { whatHappened } from "../sending/auditWords.ts";
import { userNames } from "../sending/userNames.ts";

/** What users changed of one person, newest first; nothing of mailings of events the user may not see. */
export async function personHistory(
  ports: Pick<Manager, "audit" | "configTable">,
  user: Pick<User, "eventAccess">,
  participantId: string,
): Promise<PersonLine[]> {
  const all = await Array.fromAsync(ports.audit.lines(personLines(participantId), "U"));
  const lines = all.filter((line) => isShown(user, line));
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

function isShown(user: Pick<User, "eventAccess">, line: AuditLine): boolean {
  const act = auditAct(line);
  if (act?.what !== "resolved") return true;
  return maySee(user, act.data.mailing?.split("_")[0] ?? "");
}
