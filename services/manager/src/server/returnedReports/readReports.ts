import type { UnmatchedReport } from "@email-agent/shared/adapters/unmatchedReports.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { type ReturnedReport, type ReturnedReports, returnedReportRows } from "../../api/returnedReports.ts";
import type { Manager } from "../manager.ts";
import { requireReportAccess } from "./reportAccess.ts";

/** `GET /api/returned-reports?before=`: reports of returned mail that name no mail of ours, newest first. */
export async function readReports(
  { unmatchedReports }: Pick<Manager, "unmatchedReports">,
  user: User,
  before: string | undefined,
): Promise<ReturnedReports> {
  requireReportAccess(user);
  const reports: UnmatchedReport[] = [];
  for await (const page of unmatchedReports.pages(before)) {
    reports.push(...page.slice(0, returnedReportRows + 1 - reports.length));
    if (reports.length > returnedReportRows) break;
  }
  const shown = reports.slice(0, returnedReportRows);
  const last = shown.at(-1);
  return { reports: shown.map(asShown), ...(last && reports.length > shown.length && { next: last.sk }) };
}

function asShown(report: UnmatchedReport): ReturnedReport {
  const { sk, at, kind, reportedBy, why, code, reply, recipient, mailing, raw } = report;
  return {
    ...{ id: sk, at, kind, reportedBy, why, reply, hasRaw: raw !== undefined },
    ...(code !== undefined && { code }),
    ...(recipient !== undefined && { recipient }),
    ...(mailing !== undefined && { mailing }),
  };
}
