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
/** The account whose rate is to be felt. */
const limitedRate = 250;

type Say = (text: string) => void;

/** One sender process with every record on, in turn with one new SMTP connection per message and no record. */
export async function send(say: Say): Promise<Figure[]> {
  await using opening = new AsyncDisposableStack();
  const inbox = opening.use(await startBenchInbox());
  const bench = opening.use(await openBenchStack(participants));
  const prepare = (maxConnections: number, ratePerSecond?: number) =>
    prepareOrder(bench, inbox, maxConnections, ratePerSecond);
  const warmUp = await prepare(connections);
  const [measured, others, limited] = await Promise.all([
    Promise.all(Array.from({ length: rounds }, () => prepare(connections))),
    Promise.all(otherConnections.map((number) => prepare(number))),
    prepare(connections, limitedRate),
  ]);
  const figures = await inTurn(bench, inbox, warmUp, measured, say);
  const rows = [];
  for (const [n, orderId] of others.entries())
    rows.push(row(otherConnections[n]!, await sendOnce(bench, inbox, orderId)));
  say(`with other numbers of connections:\n  ${table(heads, rows, [0, 1, 2, 3, 4]).replaceAll("\n", "\n  ")}`);
  const { steadyPerSecond } = await sendOnce(bench, inbox, limited);
  return [...figures, plain("send", `an account of ${limitedRate} mails/s is used at`, steadyPerSecond, "mails/s")];
}

/** Naive, Send, naive, Send, …: the same mails to the same inbox, so that a busy machine slows both. */
async function inTurn(
  bench: BenchStack,
  inbox: BenchInbox,
  warmUp: string,
  orders: readonly string[],
  say: Say,
): Promise<Figure[]> {
  await using naive = startNaive();
  using folder = temporaryFolder();
  const round = { mailsFile: join(folder.path, "mails.json"), smtpPort: inbox.smtpPort };
  const { runId } = await sendOnce(bench, inbox, warmUp);
  const mails = await mailsLike(inbox, runId);
  writeFileSync(round.mailsFile, JSON.stringify(mails));
  say(`${mails.length} mails, each ${await meanSize(inbox, runId)} by Send`);
  await inbox.clear();
  await naive.send(round);
  say(
    `${" ".repeat(String(mails.length).length)}    and ${await meanSize(inbox, runId)} by the naive sender; both are warm now`,
  );
  const pairs: { base: number; baseCpu: number; ours: SendResult; ratio: number }[] = [];
  for (const orderId of orders) {
    await inbox.clear();
    const theirs = await naive.send(round);
    await inbox.clear();
    const ours = await sendOnce(bench, inbox, orderId);
    const base = theirs.messages / theirs.seconds;
    pairs.push({ base, baseCpu: (theirs.cpuSeconds / theirs.messages) * 1000, ours, ratio: ours.perSecond / base });
    say(`naive ${base.toFixed(0)}/s, Send ${told(ours)}`);
  }
  await inbox.clear();
  const middle = (of: (pair: (typeof pairs)[number]) => number) => median(pairs.map(of));
  return [
    plain(
      "send",
      "naive: a connection per message, no record",
      middle(({ base }) => base),
      "mails/s",
    ),
    plain(
      "send",
      `Send, ${connections} connections: whole step`,
      middle(({ ours }) => ours.perSecond),
      "mails/s",
    ),
    plain(
      "send",
      "… between first and last mail",
      middle(({ ours }) => ours.steadyPerSecond),
      "mails/s",
    ),
    plain(
      "send",
      "… first mail after",
      middle(({ ours }) => ours.arrivals[0]! / 1000),
      "s",
    ),
    atLeast(
      "send",
      "… whole step against naive, ratio",
      middle(({ ratio }) => ratio),
      1,
      "",
    ),
    below(
      "send",
      "sender CPU per 1,000 messages",
      middle(({ ours }) => ours.cpuPerThousand),
      2,
      "s",
    ),
    plain(
      "send",
      "naive CPU per 1,000 messages",
      middle(({ baseCpu }) => baseCpu),
      "s",
    ),
  ];
}

/** A work order ready to be sent. Its Test opens the account, which is closed for 10 s at its first use by rule. */
async function prepareOrder(
  bench: BenchStack,
  inbox: BenchInbox,
  maxConnections: number,
  ratePerSecond = 100_000,
): Promise<string> {
  const name = `bench-${maxConnections}-${ratePerSecond}`;
  await bench.putAccount({ name, maxConnections, ratePerSecond, host: "127.0.0.1", port: inbox.smtpPort });
  const orderId = await bench.createOrder(name);
  await bench.driveUpToSend(orderId);
  return orderId;
}

const heads = ["connections", "mails/s", "between first and last mail", "first mail after s", "CPU s per 1,000"];

function row(number: number, { perSecond, steadyPerSecond, arrivals, cpuPerThousand }: SendResult): string[] {
  const [rate, steady] = [perSecond, steadyPerSecond].map((one) => one.toFixed(0));
  return [String(number), rate!, steady!, (arrivals[0]! / 1000).toFixed(2), cpuPerThousand.toFixed(2)];
}

function told({ perSecond, steadyPerSecond, arrivals, cpuPerThousand }: SendResult): string {
  return `${perSecond.toFixed(0)}/s (${steadyPerSecond.toFixed(0)}/s from its first mail, at ${(arrivals[0]! / 1000).toFixed(2)} s, to its last), ${cpuPerThousand.toFixed(2)} s CPU per 1,000`;
}

async function meanSize(inbox: BenchInbox, runId: string): Promise<string> {
  const sizes = (await inbox.mailsOf(runId)).map(({ sizeBytes }) => sizeBytes);
  return `${(sizes.reduce((sum, size) => sum + size, 0) / sizes.length / 1000).toFixed(2)} kB`;
}
