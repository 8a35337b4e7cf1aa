import { audit } from "@email-agent/shared/adapters/audit.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { dryRunRecipients } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import { erasures } from "@email-agent/shared/adapters/erasures.ts";
import { events } from "@email-agent/shared/adapters/events.ts";
import { forgottenPeople } from "@email-agent/shared/adapters/forgottenPeople.ts";
import { mailSelections } from "@email-agent/shared/adapters/mailSelections.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { peopleImports } from "@email-agent/shared/adapters/peopleImports.ts";
import { quota } from "@email-agent/shared/adapters/quota.ts";
import { runs } from "@email-agent/shared/adapters/runs.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { limitConcurrency } from "../../services/manager/src/server/http/limitConcurrency.ts";
import type { Operation } from "./operation.ts";

/** The ports of the Email Manager's use cases, which the commands run as its pages do. */
export function portsOf({ aws, tables, orders, documents, store, log }: Operation) {
  return {
    ...{ orders, documents, log },
    clock: aws.clock,
    configStore: store,
    configTable: configTable(aws, tables, { log }),
    audit: audit(aws, tables),
    events: events(aws, tables),
    participants: participants(aws, tables),
    selections: mailSelections(aws, tables),
    deliveries: deliveries(aws, tables),
    dryRunRecipients: dryRunRecipients(aws, tables),
    erasures: erasures(aws, tables),
    forgottenPeople: forgottenPeople(aws, tables),
    peopleImports: peopleImports(aws, tables),
    quota: quota(aws, tables),
    runs: runs(aws, tables),
    counts: limitConcurrency({ atOnce: 1, maxWaiting: 1, retryAfterSeconds: 1 }),
  };
}

/** Who gives a command, for use cases that judge rights: the operator has all of them, and the audit the name. */
export function operatorUser({ by }: Pick<Operation, "by">): User {
  return {
    ...{ id: by, name: by, role: "admin", eventAccess: ["*"] },
    ...{ showAddresses: true, exportCsv: true, people: true },
  };
}
