import type { BenchInbox } from "./benchInbox.ts";
import type { BenchStack } from "./benchStack.ts";
import { cpuSeconds } from "./processes.ts";

export interface SendResult {
  readonly runId: string;
  readonly messages: number;
  /** Messages over the whole step, planning and final counting included. */
  readonly perSecond: number;
  /** Between the first and the last mail in the inbox. */
  readonly steadyPerSecond: number;
  /** CPU seconds of the sender process per 1,000 messages. */
  readonly cpuPerThousand: number;
  /** Arrivals, in milliseconds from the start of the step. */
  readonly arrivals: readonly number[];
}

/** Runs Send of a prepared order and checks that the ledger's number is the inbox's. */
export async function sendOnce({ stack, drive }: BenchStack, inbox: BenchInbox, orderId: string): Promise<SendResult> {
  const pid = stack.services.sender.pid()!;
  const cpuBefore = cpuSeconds(pid);
  const { runId = "", startedAt = "", endedAt = "", counters } = await drive(orderId, "Send");
  const cpu = cpuSeconds(pid) - cpuBefore;
  const started = Date.parse(startedAt);
  const arrivals = (await inbox.mailsOf(runId)).map(({ at }) => Date.parse(at) - started);
  const messages = arrivals.length;
  if (messages !== counters?.sent) throw new Error(`Send says ${counters?.sent} mails, the inbox has ${messages}.`);
  return {
    runId,
    messages,
    perSecond: messages / ((Date.parse(endedAt) - started) / 1000),
    steadyPerSecond: (messages - 1) / ((arrivals.at(-1)! - arrivals[0]!) / 1000),
    cpuPerThousand: (cpu / messages) * 1000,
    arrivals,
  };
}
