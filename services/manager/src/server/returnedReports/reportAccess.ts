import type { UnmatchedReport } from "@email-agent/shared/adapters/unmatchedReports.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";

/** AppError `forbidden`: it is not known of which event these reports are. */
export function requireReportAccess(user: Pick<User, "eventAccess">): void {
  if (seesAllEvents(user)) return;
  const sentence =
    "Reports of returned mail may concern the people of any event, and you have access to some events only. Ask an administrator for access to all events.";
  throw new AppError("forbidden", sentence);
}

/** AppError `not-found`, as after another administrator has dismissed it. */
export async function reportOf(
  { unmatchedReports }: Pick<Manager, "unmatchedReports">,
  user: Pick<User, "eventAccess">,
  id: string,
): Promise<UnmatchedReport> {
  requireReportAccess(user);
  const report = id.length > 100 ? undefined : await unmatchedReports.get(id);
  if (!report) throw noSuchReport();
  return report;
}

export function noSuchReport(): AppError {
  return new AppError("not-found", "There is no such report. It was dismissed, or is older than 90 days.");
}
