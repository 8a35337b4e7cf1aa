import { hash } from "node:crypto";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { BounceReport } from "../domain/bounces/bounceReport.ts";
import { maskedAddress, maskRecipient } from "../domain/delivery/maskedAddress.ts";
import type { AuditLine } from "../domain/lifecycle/auditLines.ts";
import { instant, instantSchema } from "../domain/time.ts";
import { auditPut } from "./audit.ts";
import type { Aws } from "./aws.ts";
import type { Documents } from "./documents.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";
import { runTtl } from "./runs.ts";
import { transact } from "./transaction.ts";

/** A report that changed nothing, as a person sees it. No address: the recipient is masked, and so is the reply. */
const unmatchedReportSchema = z.looseObject({
  sk: z.string(),
  takenAt: instantSchema,
  at: instantSchema,
  kind: z.string(),
  reportedBy: z.string(),
  why: z.string(),
  code: z.string().optional(),
  reply: z.string(),
  recipient: z.string().optional(),
  mailing: z.string().optional(),
  /** Key in the bucket of the report as it came, for 30 days. */
  raw: z.string().optional(),
});
export type UnmatchedReport = z.infer<typeof unmatchedReportSchema>;

/** Reports that name no delivery of ours, for 90 days, in Runs under `unmatched-reports`. */
export interface UnmatchedReports {
  /** The same report again replaces what was kept of it. `raw`: the report as it came; its first 64 KB are kept. */
  keep(report: BounceReport, why: string, now: number, raw?: Uint8Array | string): Promise<void>;
  /** Newest first by the time of the report, page by page; with `before`, a key (`sk`), only those behind it. */
  pages(before?: string): AsyncIterable<UnmatchedReport[]>;
  get(sk: string): Promise<UnmatchedReport | undefined>;
  /** Deletes it and writes the line, both or neither. False if it is gone already. */
  dismiss(sk: string, line: AuditLine): Promise<boolean>;
}

const runId = "unmatched-reports";
const rawBytes = 64 * 1024;
const replyCharacters = 500;

export function unmatchedReports(
  aws: Aws,
  config: { readonly RUNS_TABLE: string; readonly AUDIT_TABLE: string },
  documents: Pick<Documents, "put">,
): UnmatchedReports {
  const table = config.RUNS_TABLE;
  return {
    async keep(report, why, now, raw) {
      const { at, kind, reportedBy, code, reply, recipient, mailing, sourceId } = report;
      const sk = `${at}#${hash("sha256", `${reportedBy}:${sourceId}`).slice(0, 32)}`;
      const key = raw === undefined ? undefined : `reports/${sk.replaceAll(/[:#]/g, "-")}`;
      if (key && raw !== undefined) await documents.put(key, Buffer.from(raw).subarray(0, rawBytes), "text/plain");
      const item = readItem(table, `${runId} ${sk}`, unmatchedReportSchema, {
        ...{ sk, at, kind, reportedBy, why, takenAt: instant(now) },
        reply: maskRecipient(reply, recipient ?? "").slice(0, replyCharacters),
        ...(code !== undefined && { code: code.slice(0, 20) }),
        ...(recipient !== undefined && { recipient: maskedAddress(recipient).slice(0, 320) }),
        ...(mailing !== undefined && { mailing: mailing.slice(0, 200) }),
        ...(key !== undefined && { raw: key }),
      });
      await aws.dynamo.send(new PutCommand({ TableName: table, Item: { ...item, runId, ttl: runTtl(now) } }));
    },
    async get(sk) {
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key: { runId, sk } }));
      return Item && readItem(table, `${runId} ${sk}`, unmatchedReportSchema, Item);
    },
    async dismiss(sk, line) {
      const ConditionExpression = "attribute_exists(sk)";
      const parts = [
        { Delete: { TableName: table, Key: { runId, sk }, ConditionExpression } },
        { Put: auditPut(config.AUDIT_TABLE, line) },
      ];
      return (await transact(aws, parts)) === undefined;
    },
    async *pages(before) {
      const pages = queryPages(aws, {
        TableName: table,
        ScanIndexForward: false,
        KeyConditionExpression: before === undefined ? "runId = :run" : "runId = :run AND sk < :before",
        ExpressionAttributeValues: { ":run": runId, ...(before !== undefined && { ":before": before }) },
      });
      for await (const page of pages)
        yield page.map((item) => readItem(table, `${runId} ${item["sk"]}`, unmatchedReportSchema, item));
    },
  };
}
