import type { User } from "@email-agent/shared/domain/configItems.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { ulid } from "ulid";
import type { Manager } from "../manager.ts";
import { noSuchReport, reportOf } from "./reportAccess.ts";

/** `DELETE /api/returned-reports/{id}`: takes a report off the list, with its line in Audit. AppError `not-found`, `forbidden`. */
export async function dismissReport(
  ports: Pick<Manager, "unmatchedReports" | "clock">,
  user: User,
  id: string,
): Promise<void> {
  const { sk, kind, why } = await reportOf(ports, user, id);
  const now = ports.clock.now();
  const did = { workOrderId: "-", by: user.id, what: "dismissed report" as const, data: { report: sk, kind, why } };
  if (!(await ports.unmatchedReports.dismiss(sk, userLine(did, ulid(now), now)))) throw noSuchReport();
}
