import type { AuditLine } from "@email-agent/shared/adapters/audit.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import type { DryRunRecipient } from "@email-agent/shared/domain/delivery/dryRunRecipient.ts";
import { personLines } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { keptLists } from "./keptLists.ts";

type Ports = Pick<
  Manager,
  "participants" | "deliveries" | "dryRunRecipients" | "orders" | "audit" | "configTable" | "clock"
>;

/** Everything the product holds of one person, as it is stored. */
export interface PersonExport {
  readonly exportedAt: string;
  /** The record, with fields the product does not know; absent if it is gone. */
  readonly participant?: Participant;
  /** Every mailing and Test that tried to mail them. */
  readonly deliveries: readonly Delivery[];
  /** Their lines on lists of Dry-Runs, which are kept for 90 days. */
  readonly dryRuns: readonly DryRunRecipient[];
  /** Lines of the audit that are about them, oldest first. */
  readonly audit: readonly AuditLine[];
}

/** The download. AppError `forbidden` for a user who may not see addresses or may not export. */
export async function downloadPerson(
  ports: Ports,
  user: Pick<User, "showAddresses" | "exportCsv">,
  id: string,
): Promise<Response> {
  if (!user.showAddresses || !user.exportCsv)
    throw new AppError(
      "forbidden",
      "The file holds addresses. Ask an administrator for the rights to see addresses and to export lists.",
    );
  const name = id.replace(/[^\w.-]+/g, "-").slice(0, 100);
  return new Response(JSON.stringify(await exportPerson(ports, id), undefined, 2), {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": `attachment; filename="person-${name}.json"`,
      "cache-control": "no-store",
    },
  });
}

/** All data of a person, read by exact keys. AppError `not-found` if no record and no list knows them. */
export async function exportPerson(ports: Ports, id: string): Promise<PersonExport> {
  const participant = await ports.participants.get(id);
  const deliveries: Delivery[] = [];
  const dryRuns: DryRunRecipient[] = [];
  const audit: AuditLine[] = [];
  const isAbout = ({ by, data }: AuditLine) => by === `participant ${id}` || data?.["participantId"] === id;
  const readAudit = async (workOrderId: string) => {
    for await (const line of ports.audit.lines(workOrderId, "U")) if (isAbout(line)) audit.push(line);
  };
  await readAudit(personLines(id));
  await readAudit("-");
  for await (const lists of keptLists(ports)) {
    deliveries.push(...(await ports.deliveries.ofPerson([...lists.mailings, ...lists.tests], id)).values());
    dryRuns.push(...(await ports.dryRunRecipients.ofPerson(lists.dryRuns, id)));
    await readAudit(lists.workOrderId);
  }
  if (!participant && deliveries.length === 0 && dryRuns.length === 0)
    throw new AppError("not-found", `No record and no mailing knows a participant ${id}. Check the id.`);
  return {
    exportedAt: instant(ports.clock.now()),
    ...(participant && { participant }),
    deliveries: deliveries.sort((one, other) => one.sendingAt.localeCompare(other.sendingAt)),
    dryRuns: dryRuns.sort((one, other) => one.at.localeCompare(other.at)),
    audit: audit.sort((one, other) => one.at.localeCompare(other.at)),
  };
}
