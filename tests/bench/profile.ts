import { readdirSync } from "node:fs";
import { join } from "node:path";
import { processTree } from "../processList.ts";
import { type BenchInbox, startBenchInbox } from "./benchInbox.ts";
import { type BenchStack, openBenchStack, temporaryFolder } from "./benchStack.ts";
import { readProfile } from "./cpuProfile.ts";
import { type Figure, plain, table } from "./figures.ts";
import { cpuSeconds, processName } from "./processes.ts";
import { type SendResult, sendOnce } from "./sendOnce.ts";

const participants = 2700;
const bucketMilliseconds = 250;

/** Where the time of a Send goes: CPU of each process, mails over time, and the hot spots of the sender. */
export async function profile(say: (text: string) => void): Promise<Figure[]> {
  using folder = temporaryFolder();
  const { result, pid, from, to } = await profiledSend(folder.path, say);
  // V8 writes the profile when its process ends.
  const file = readdirSync(folder.path).find((name) => name.endsWith(".cpuprofile") && name.includes(`.${pid}.`));
  if (!file) throw new Error("The sender left no CPU profile.");
  const { idleShare, places, functions } = readProfile(join(folder.path, file), from, to);
  const rows = (of: typeof places) => of.slice(0, 25).map(({ name, share }) => [`${(share * 100).toFixed(1)} %`, name]);
  say(`sender idle ${(idleShare * 100).toFixed(0)} % of the step; of the rest:`);
  say(table(["self", "place"], rows(places), [0]).replaceAll("\n", "\n  "));
  say(table(["self", "function"], rows(functions), [0]).replaceAll("\n", "\n  "));
  return [plain("profile", "Send, whole step (profiler on)", result.perSecond, "mails/s")];
}

async function profiledSend(folder: string, say: (text: string) => void) {
  await using opening = new AsyncDisposableStack();
  const inbox = opening.use(await startBenchInbox());
  const options = { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-interval=500` };
  const bench = opening.use(await openBenchStack(participants, options));
  await bench.putAccount({ name: "bench", host: "127.0.0.1", port: inbox.smtpPort });
  const [warmUp, orderId] = [await bench.createOrder("bench"), await bench.createOrder("bench")];
  await bench.driveUpToSend(warmUp);
  await bench.driveUpToSend(orderId);
  await sendOnce(bench, inbox, warmUp);
  const from = Number(process.hrtime.bigint() / 1000n);
  const result = await accountedSend(bench, inbox, orderId, say);
  const to = Number(process.hrtime.bigint() / 1000n);
  say(timeline(result));
  return { result, pid: bench.stack.services.sender.pid()!, from, to };
}

async function accountedSend(bench: BenchStack, inbox: BenchInbox, orderId: string, say: (text: string) => void) {
  const pids = processTree(process.pid);
  const before = new Map(pids.map((pid) => [pid, cpuSeconds(pid)]));
  const result = await sendOnce(bench, inbox, orderId);
  const rows = pids
    .map((pid) => ({ name: processName(pid), cpu: cpuSeconds(pid) - before.get(pid)! }))
    .filter(({ cpu }) => cpu >= 0.02)
    .sort((a, b) => b.cpu - a.cpu)
    .map(({ name, cpu }) => [name, cpu.toFixed(2), ((cpu / result.messages) * 1000).toFixed(2)]);
  say(table(["process", "CPU s", "ms per mail"], rows, [1, 2]).replaceAll("\n", "\n  "));
  return result;
}

/** Mails per quarter of a second, from the start of the step to its end. */
function timeline({ arrivals, messages, perSecond }: SendResult): string {
  const seconds = messages / perSecond;
  const buckets = new Array<number>(Math.ceil((seconds * 1000) / bucketMilliseconds)).fill(0);
  for (const at of arrivals) buckets[Math.floor(at / bucketMilliseconds)]! += 1;
  return `${messages} mails in ${seconds.toFixed(2)} s, first after ${arrivals[0]} ms, last after ${arrivals.at(-1)} ms; per ${bucketMilliseconds} ms: ${buckets.join(" ")}`;
}
