import { type BenchStack, openBenchStack } from "./benchStack.ts";
import { below, type Figure, median, percentile, plain } from "./figures.ts";

const starts = 40;
const stops = 6;
/** Mails of a run that have to be in the inbox before it is stopped. */
const mailsBeforeStop = 15;
/** After `interrupted`, so long is looked whether another mail comes in. */
const watchedMilliseconds = 2000;

/** From a command in the table to what an operator sees of it on the WebSocket. */
export async function latency(say: (text: string) => void): Promise<Figure[]> {
  await using bench = await openBenchStack(500);
  await bench.putAccount({ name: "bench" });
  await bench.putAccount({ name: "slow", ratePerSecond: 20, maxConnections: 2 });
  return [...(await startLatency(bench, say)), ...(await stopLatency(bench, say))];
}

interface SeenStart {
  /** From just before the command was written, in milliseconds. */
  readonly judged: number;
  readonly seen: number;
  readonly status: string;
}

async function startLatency(bench: BenchStack, say: (text: string) => void): Promise<Figure[]> {
  const all: SeenStart[] = [];
  for (let n = 0; n < starts; n += 1) all.push(await startOnce(bench, await bench.createOrder("bench")));
  const seen = all.map((one) => one.seen);
  const working = all.filter(({ status }) => status === "working").length;
  say(`start (Count, ${starts} orders): first seen as working ${working} times`);
  say(`  judged by ingest after ${inWords(all.map((one) => one.judged))}`);
  say(`  seen after ${inWords(seen)}`);
  return [
    below("latency", `start written → working seen, median of ${starts}`, median(seen), 400, "ms"),
    plain("latency", "… p95", percentile(seen, 0.95), "ms"),
  ];
}

async function startOnce({ operator }: BenchStack, orderId: string): Promise<SeenStart> {
  const startedAt = performance.now();
  const commandId = await operator.command(orderId, "Count", "start");
  const ended = await operator.until(
    orderId,
    ({ steps: { Count } }) => Count.runId === commandId && Count.status !== "working",
    60,
  );
  const first = operator.arrivals.flatMap(({ message, at }) =>
    message.type === "work-order.snapshot" && message.order.steps.Count.runId === commandId
      ? [{ at, status: message.order.steps.Count.status }]
      : [],
  )[0];
  const judgedAt = Date.parse(ended.lastCommand?.at ?? "") - performance.timeOrigin;
  if (!first) throw new Error(`Nothing was heard on the WebSocket of the Count of ${orderId}.`);
  return { judged: judgedAt - startedAt, seen: first.at - startedAt, status: first.status };
}

interface SeenStop {
  readonly seen: number;
  /** When the last mail came in, from just before the stop was written; negative: before it. */
  readonly lastMail: number;
}

async function stopLatency(bench: BenchStack, say: (text: string) => void): Promise<Figure[]> {
  const orderId = await bench.createOrder("slow");
  await bench.driveUpToSend(orderId);
  const all: SeenStop[] = [];
  for (let n = 0; n < stops; n += 1) all.push(await stopOnce(bench, orderId));
  const seen = all.map((one) => one.seen);
  const lastMail = all.map((one) => one.lastMail);
  say(`stop (running Send, 20 mails/s, ${stops} times): interrupted seen after ${inWords(seen)}`);
  say(`  last mail ${inWords(lastMail)} after the stop was written`);
  return [
    below("latency", `stop written → interrupted seen, worst of ${stops}`, Math.max(...seen), 2000, "ms"),
    below("latency", "stop written → last mail in the inbox, worst", Math.max(...lastMail), 2000, "ms"),
  ];
}

async function stopOnce({ operator, stack: { inbox } }: BenchStack, orderId: string): Promise<SeenStop> {
  const commandId = await operator.command(orderId, "Send", "start");
  const mails = () => inbox.messages({ run: commandId });
  while (mails().length < mailsBeforeStop) await pause(20);
  const stoppedAt = performance.now();
  await operator.command(orderId, "Send", "stop");
  await operator.until(orderId, ({ steps: { Send } }) => Send.status === "interrupted", 60);
  const seenAt = performance.now();
  await pause(watchedMilliseconds);
  const lastAt = Date.parse(mails().at(-1)!.at) - performance.timeOrigin;
  return { seen: seenAt - stoppedAt, lastMail: lastAt - stoppedAt };
}

const inWords = (values: readonly number[]): string => {
  const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)].map(Math.round);
  return `${middle} ms (median; ${least} to ${most})`;
};
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
