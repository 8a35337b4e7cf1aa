import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import type { CountedReport, EventReport } from "../../api/reports.ts";
import type { Manager } from "../manager.ts";
import { userNames } from "../sending/userNames.ts";
import { expectedDeliveries } from "./countReport.ts";
import { eventMailings } from "./eventMailings.ts";
import { keptReport } from "./keptReport.ts";

export type ReportPorts = Pick<
  Manager,
  "orders" | "events" | "configTable" | "documents" | "participants" | "reportBadItem"
>;

/** The report of an event: what its work orders know now, and the deliveries as they were counted last. AppError `not-found`. */
export async function readReport(ports: ReportPorts, user: User, code: string): Promise<EventReport> {
  const mailings = await eventMailings(ports, user, code);
  const [{ timeZone }, event, counted] = await Promise.all([
    ports.configTable.settings(),
    ports.events.get(code).catch(() => undefined),
    keptReport(ports, code),
  ]);
  return {
    code,
    ...(event?.name && { name: event.name }),
    timeZone,
    mailings,
    deliveries: expectedDeliveries(mailings),
    ...(counted && { counted: await shown(ports, user, counted) }),
  };
}

async function shown(
  ports: ReportPorts,
  user: Pick<User, "showAddresses">,
  counted: CountedReport,
): Promise<NonNullable<EventReport["counted"]>> {
  const ids = counted.people.most.map(({ id }) => id);
  const [people, nameOf] = await Promise.all([ports.participants.getMany(ids), userNames(ports, [counted.by])]);
  const most = counted.people.most.map(({ id, mails }) => {
    const person = people.get(id);
    const name = person ? personName(person) : "";
    return { id, mails, name: user.showAddresses ? name : maskAddresses(name) };
  });
  return { ...counted, by: nameOf(counted.by), people: { ...counted.people, most } };
}
