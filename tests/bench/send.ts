import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchInbox, startBenchInbox } from "./benchInbox.ts";
import { type BenchStack, openBenchStack, temporaryFolder } from "./benchStack.ts";
import { atLeast, below, type Figure, median, plain, table } from "./figures.ts";
import { mailsLike, startNaive } from "./naive.ts";
import { type SendResult, sendOnce } from "./sendOnce.ts";

/** Gives a good 2,000 mails in three languages. */
const participants = 2700;
const connections = 4;
const otherConnections = [1, 2, 8];
const rounds = 3;

/** One sender process with every record on, in turn with one new SMTP connection per message and no record. */
export async function send(say: (text: string) => void): Promise<Figure[]> {
  await using opening = new AsyncDisposableStack();
  const inbox = opening.use(await startBenchInbox());
  const bench = opening.use(await openBenchStack(participants));
  const folder = opening.use(temporaryFolder());
  const naive = opening.use(startNaive());
  const warmUp = await prepareOrder(bench, inbox, connections);
  const measured = await Promise.all(Array.from({ length: rounds }, () => prepareOrder(bench, inbox, connections)));
  const others = await Promise.all(otherConnections.map((number) => prepareOrder(bench, inbox, number)));

  const round = { mailsFile: join(folder.path, "mails.json"), smtpPort: inbox.smtpPort };
  const { runId } = await sendOnce(bench, inbox, warmUp);
  const mails = await mailsLike(inbox, runId);
  writeFileSync(round.mailsFile, JSON.stringify(mails));
  await naive.send(round);
  say(`${mails.length} mails of ${kilobytes(mails.map(({ html }) => String(html).length))} HTML; both sides are warm`);

  const ours: SendResult[] = [];
  const theirs: number[] = [];
  const theirCpu: number[] = [];
  for (const orderId of measured) {
    await inbox.clear();
    const result = await naive.send(round);
    theirs.push(result.messages / result.seconds);
    theirCpu.push((result.cpuSeconds / result.messages) * 1000);
    await inbox.clear();
    ours.push(await sendOnce(bench, inbox, orderId));
    say(`naive ${theirs.at(-1)!.toFixed(0)}/s · Send ${told(ours.at(-1)!)}`);
  }
  const rows = [];
  for (const [n, orderId] of others.entries()) {
    await inbox.clear();
    rows.push(row(otherConnections[n]!, [await sendOnce(bench, inbox, orderId)]));
  }
  rows.push(row(connections, ours));
  say(
    table(["connections", "mails/s", "steady mails/s", "CPU s per 1,000"], rows, [0, 1, 2, 3]).replaceAll("\n", "\n  "),
  );
  const [rate, base] = [median(ours.map((one) => one.perSecond)), median(theirs)];
  return [
    plain("send", "naive: a connection per message, no record", base, "mails/s"),
    plain("send", `Send: one sender, ${connections} connections, whole step`, rate, "mails/s"),
    atLeast("send", "… ratio, median of rounds", median(ours.map((one, n) => one.perSecond / theirs[n]!)), 1, ""),
    plain("send", "… between first and last mail", median(ours.map((one) => one.steadyPerSecond)), "mails/s"),
    below("send", "sender CPU per 1,000 messages", median(ours.map((one) => one.cpuPerThousand)), 2, "s"),
    plain("send", "naive CPU per 1,000 messages", median(theirCpu), "s"),
  ];
}

/** A work order ready to be sent. Its Test opens the account, which is closed for 10 s at its first use by rule. */
async function prepareOrder(bench: BenchStack, inbox: BenchInbox, maxConnections: number): Promise<string> {
  const account = `bench-${maxConnections}`;
  await bench.putAccount({ name: account, maxConnections, host: "127.0.0.1", port: inbox.smtpPort });
  const orderId = await bench.createOrder(account);
  await bench.driveUpToSend(orderId);
  return orderId;
}

function row(number: number, results: readonly SendResult[]): string[] {
  const middle = (of: (one: SendResult) => number) => median(results.map(of));
  return [
    String(number),
    middle((one) => one.perSecond).toFixed(0),
    middle((one) => one.steadyPerSecond).toFixed(0),
    middle((one) => one.cpuPerThousand).toFixed(2),
  ];
}

function told({ perSecond, steadyPerSecond, cpuPerThousand }: SendResult): string {
  return `${perSecond.toFixed(0)}/s (${steadyPerSecond.toFixed(0)}/s between first and last mail), ${cpuPerThousand.toFixed(2)} s CPU per 1,000`;
}

const kilobytes = (sizes: readonly number[]) => `${(median(sizes) / 1000).toFixed(1)} kB`;
