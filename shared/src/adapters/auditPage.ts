import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { type AuditLine, auditLineSchema } from "../domain/lifecycle/auditLines.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";
import { fitsSortKey } from "./sortKey.ts";

/** Lines of an order, newest first. */
export interface AuditPage {
  readonly lines: readonly AuditLine[];
  /** Cursor of the next page; absent behind the oldest line. */
  readonly next?: string;
}

/** Of lines of the same instant the end of a run comes after the command that caused it: newest first, so before it. */
const kinds = ["U", "E", "C"] as const;
type Kind = (typeof kinds)[number];

/** Kind → sort key of its last line shown, or null if none is left. */
const cursorSchema = z.object({
  U: z.string().startsWith("U#").refine(fitsSortKey).nullish(),
  E: z.string().startsWith("E#").refine(fitsSortKey).nullish(),
  C: z.string().startsWith("C#").refine(fitsSortKey).nullish(),
});
type Cursor = z.infer<typeof cursorSchema>;

/**
 * One page of an order's lines, of all kinds, newest first: each kind sorts by its own key (command ids and run ids begin
 * with their time), so the three are read from behind and merged by `at`. `after`: `next` of the page before. AppError
 * `invalid-input` if it is none.
 */
export async function auditPage(
  aws: Pick<Aws, "dynamo">,
  table: string,
  workOrderId: string,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<AuditPage> {
  const cursor = after === undefined ? {} : readCursor(after);
  const heads = await Promise.all(kinds.map((kind) => readKind(aws, table, workOrderId, kind, cursor[kind], limit)));
  const lines: AuditLine[] = [];
  while (lines.length < limit) {
    const newest = heads.reduce((one, other) => ((other.lines[0]?.at ?? "") > (one.lines[0]?.at ?? "") ? other : one));
    const line = newest.lines.shift();
    if (!line) break;
    newest.shown = line.sk;
    lines.push(line);
  }
  const next = Object.fromEntries(
    heads.map(({ kind, lines: left, more, shown }) => [kind, left.length > 0 || more ? shown : null]),
  );
  const isOver = kinds.every((kind) => next[kind] === null);
  return { lines, ...(!isOver && { next: Buffer.from(JSON.stringify(next)).toString("base64url") }) };
}

function readCursor(text: string): Cursor {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, "base64url").toString()));
  } catch (cause) {
    throw new AppError("invalid-input", "The address names no page of the history. Reload the history.", {
      cause,
    });
  }
}

interface Head {
  readonly kind: Kind;
  readonly lines: AuditLine[];
  /** There may be lines behind those read. */
  readonly more: boolean;
  /** The last one shown so far. */
  shown: string | undefined;
}

async function readKind(
  aws: Pick<Aws, "dynamo">,
  table: string,
  workOrderId: string,
  kind: Kind,
  shown: string | null | undefined,
  limit: number,
): Promise<Head> {
  const lines: AuditLine[] = [];
  let from: Record<string, unknown> | undefined = shown ? { workOrderId, sk: shown } : undefined;
  if (shown === null) return { kind, lines, more: false, shown: undefined };
  do {
    const page = await aws.dynamo.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: limit - lines.length,
        KeyConditionExpression: "workOrderId = :id AND begins_with(sk, :kind)",
        ExpressionAttributeValues: { ":id": workOrderId, ":kind": `${kind}#` },
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    for (const item of page.Items ?? [])
      lines.push(readItem(table, `${workOrderId} ${item["sk"]}`, auditLineSchema, item));
    from = page.LastEvaluatedKey;
  } while (from && lines.length < limit);
  return { kind, lines, more: from !== undefined, shown };
}

/** What users did to an order (`U#` lines) after an instant, oldest first. */
export async function editsSince(
  aws: Pick<Aws, "dynamo">,
  table: string,
  workOrderId: string,
  after: string,
): Promise<AuditLine[]> {
  const found: AuditLine[] = [];
  const pages = queryPages(aws, {
    TableName: table,
    ConsistentRead: true,
    // The instant is followed by `#<ulid>`, and `~` sorts behind every digit.
    KeyConditionExpression: "workOrderId = :id AND sk BETWEEN :after AND :end",
    ExpressionAttributeValues: { ":id": workOrderId, ":after": `U#${after}#~`, ":end": "U#~" },
  });
  for await (const page of pages)
    for (const item of page) found.push(readItem(table, `${workOrderId} ${item["sk"]}`, auditLineSchema, item));
  return found;
}
