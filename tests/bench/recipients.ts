import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { startTestStack, type TestStack } from "../../infra/local/testStack.ts";
import type { RecipientPage } from "../../services/manager/src/api/recipients.ts";
import type { Manager } from "../../services/manager/src/server/manager.ts";
import { exportRecipients } from "../../services/manager/src/server/recipients/exportRecipients.ts";
import { readRecipients } from "../../services/manager/src/server/recipients/readRecipients.ts";
import { reconcileOrder } from "../../services/manager/src/server/recipients/reconcileOrder.ts";
import { managerOver } from "../../services/manager/testing/managerOver.ts";
import { mailingKey } from "../../shared/src/domain/delivery/mailingKey.ts";
import { readySteps, type WorkOrder } from "../../shared/src/domain/workOrder.ts";
import { anOrder } from "../../shared/testing/builders.ts";
import { aDelivery, putDeliveries } from "../../shared/testing/putDeliveries.ts";
import { below, type Figure, median, percentile, plain } from "./figures.ts";

const many = 100_000;
const few = 10_000;
const failedShare = 50;
const farPage = 1000;
const pageMilliseconds = 300;
/** Ten times the rows may cost this much more memory: what a garbage collector has not collected yet, not what grows. */
const flatRatio = 1.25;
const megabyte = 1e6;
const user = { showAddresses: false, exportCsv: true, eventAccess: ["*"] };
const never = new AbortController().signal;

/** The recipients window and its CSV over 100,000 deliveries. */
export async function recipients(say: (text: string) => void): Promise<Figure[]> {
  await using stack = await startTestStack({ cloud: true });
  await using opened = managerOver({ ...(stack.config as unknown as Record<string, string>) });
  const { manager } = opened;
  const small = await seed(stack, few, "few");
  const startedAt = performance.now();
  const large = await seed(stack, many, "many");
  say(`${many.toLocaleString("en")} deliveries put in ${seconds(startedAt).toFixed(1)} s`);
  const pages = await pageThrough(manager, large, {}, farPage);
  const failed = await pageThrough(manager, large, { status: "failed" }, 40);
  const search = await searchAll(manager, large, "zz-unknown");
  say(`${pages.length} pages, failed ${failed.length} pages, a search in ${search.responses} responses`);
  const memory = await exportTwice(manager, small, large, say);
  const reconciledAt = performance.now();
  await reconcileOrder(manager, large, mailingsOf(large)[0], never);
  const reconciliation = seconds(reconciledAt);
  const of = `of ${many.toLocaleString("en")}`;
  return [
    below("recipients", `first page ${of}`, pages[0] as number, pageMilliseconds, "ms"),
    below("recipients", `page ${farPage.toLocaleString("en")} ${of}`, pages.at(-1) as number, pageMilliseconds, "ms"),
    below("recipients", `a page ${of}, median`, median(pages), pageMilliseconds, "ms"),
    below("recipients", `a page ${of}, 99th percentile`, percentile(pages, 0.99), pageMilliseconds, "ms"),
    below("recipients", `a page of the failed, median`, median(failed), pageMilliseconds, "ms"),
    plain("recipients", `a search through all without a hit`, search.seconds, "s"),
    plain("recipients", `… longest wait for one response`, search.longestMilliseconds, "ms"),
    plain("recipients", `CSV ${of} rows`, memory.seconds, "s"),
    plain("recipients", `… resident memory it added at most`, memory.grownBytes / megabyte, "MB"),
    below("recipients", `… its peak against ${few.toLocaleString("en")} rows ten times`, memory.ratio, flatRatio, "×"),
    plain("recipients", `reconciliation ${of}`, reconciliation, "s"),
  ];
}

async function seed({ aws, config }: TestStack, count: number, subEvent: string): Promise<WorkOrder> {
  const failed = count / failedShare;
  const languages = { EN: { total: count, sent: count - failed, failed, skipped: 0, inDoubt: 0 } };
  const steps = { ...readySteps(), Send: { status: "complete" as const, runId: "run-1", languages } };
  const order = anOrder({ subEvent, steps });
  const deliveries = Array.from({ length: count }, (_, n) => {
    const participantId = `p-${((n * 7919) % 1_000_003).toString(36)}`;
    const endedAt = new Date(Date.UTC(2026, 2, 1) + n * 100).toISOString();
    const name = `Ana García ${n}`;
    const smtpResponse = "550 5.1.1 The account you tried to reach does not exist";
    return n % failedShare === 0
      ? aDelivery({ participantId, name, endedAt, status: "failed", permanent: true, smtpCode: 550, smtpResponse })
      : aDelivery({ participantId, name, endedAt });
  });
  await putDeliveries(aws, config.DELIVERIES_TABLE, mailingKey(order, "EN"), deliveries);
  return order;
}

/** Milliseconds of each page, one after the other by cursor, as the browser gets them. */
async function pageThrough(manager: Manager, order: WorkOrder, filter: object, count: number): Promise<number[]> {
  const times: number[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ list: "send", language: "EN", ...filter, ...(cursor && { cursor }) });
    const startedAt = performance.now();
    const page: RecipientPage = await readRecipients(manager, user, order, query, never);
    JSON.stringify(page);
    times.push(performance.now() - startedAt);
    cursor = page.next;
  } while (cursor && times.length < count);
  return times;
}

async function searchAll(manager: Manager, order: WorkOrder, q: string) {
  const startedAt = performance.now();
  const times = await pageThrough(manager, order, { q }, Number.POSITIVE_INFINITY);
  return { responses: times.length, seconds: seconds(startedAt), longestMilliseconds: Math.max(...times) };
}

/** Ten exports of a tenth, then one of all: as many rows each, so that what both leave to the collector is the same. */
async function exportTwice(manager: Manager, small: WorkOrder, large: WorkOrder, say: (text: string) => void) {
  const before = process.memoryUsage.rss();
  let tenths = 0;
  for (let time = 0; time < many / few; time += 1)
    tenths = Math.max(tenths, (await download(manager, small)).peakBytes);
  const startedAt = performance.now();
  const { peakBytes, rows, bytes } = await download(manager, large);
  const took = seconds(startedAt);
  say(`CSV: ${rows.toLocaleString("en")} rows, ${(bytes / megabyte).toFixed(1)} MB in ${took.toFixed(1)} s`);
  if (rows !== many + 1) throw new Error(`The CSV has ${rows} lines instead of ${many + 1}.`);
  return { seconds: took, grownBytes: peakBytes - Math.min(before, peakBytes), ratio: peakBytes / tenths };
}

async function download(
  manager: Manager,
  order: WorkOrder,
): Promise<{ rows: number; bytes: number; peakBytes: number }> {
  const query = new URLSearchParams({ list: "send", language: "EN" });
  const { body } = await exportRecipients(manager, user, order, query, never);
  let [rows, bytes, peakBytes] = [0, 0, 0];
  for await (const piece of body as ReadableStream<Uint8Array>) {
    bytes += piece.length;
    for (const byte of piece) if (byte === 10) rows += 1;
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }
  return { rows, bytes, peakBytes };
}

const seconds = (since: number) => (performance.now() - since) / 1000;
