import { audit } from "@email-agent/shared/adapters/audit.ts";
import { configStore } from "@email-agent/shared/adapters/configStore.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { dryRunRecipients } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import { erasures } from "@email-agent/shared/adapters/erasures.ts";
import { forgottenPeople } from "@email-agent/shared/adapters/forgottenPeople.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { forgetPerson } from "../services/manager/src/server/people/forgetPerson.ts";
import { heldIndexes } from "../services/manager/src/server/people/heldIndexes.ts";
import { isConfirmed, type Operation, sayJson } from "./opsOperation.ts";

/** As the page of the person does. */
export async function forget(operation: Operation, id: string): Promise<boolean> {
  const { aws, tables, orders, options, by, say, complain } = operation;
  if (!(await isConfirmed(operation, `Forget ${id}? It cannot be undone.`))) {
    complain("Nothing was changed.");
    return false;
  }
  const log = openLog("ops", "error");
  using people = heldIndexes();
  const ports = {
    ...{ people, orders, log, clock: systemClock },
    participants: participants(aws, tables),
    forgottenPeople: forgottenPeople(aws, tables),
    erasures: erasures(aws, tables),
    deliveries: deliveries(aws, tables),
    dryRunRecipients: dryRunRecipients(aws, tables),
    audit: audit(aws, tables),
    configTable: configTable(aws, tables, { log }),
    configStore: configStore(aws, tables),
  };
  const result = await forgetPerson(ports, { id, by, reason: options.reason ?? "" });
  if (options.json) sayJson(operation, { id, ...result });
  else {
    say(`Forgotten: ${id}, ${result.rows} rows on lists erased.`);
    if (result.left > 0)
      say(`${result.left} rows are being sent; the Email Manager erases them by itself within minutes.`);
  }
  return true;
}
