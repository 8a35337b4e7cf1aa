import { type StepName, stepNamed, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { type BenchStack, openBenchStack } from "./benchStack.ts";
import { below, type Figure, plain, table } from "./figures.ts";
import { forgetPeak, peakBytes } from "./processes.ts";

const few = 2000;
const many = 20_000;
const megabyte = 1e6;
/** Ten times the people may cost this much more memory: what a garbage collector has not collected yet, not what grows. */
const flatRatio = 1.5;

/** What one step took of one organisation. */
interface StepCost {
  readonly seconds: number;
  readonly peakBytes: number;
}
type Costs = Readonly<Record<StepName, StepCost>>;

/** Count over many people, and the memory of campaign and sender with few and with many, each on a fresh stack. */
export async function count(say: (text: string) => void): Promise<Figure[]> {
  const small = await measure(few, say);
  const large = await measure(many, say);
  const rows = stepNames.map((step) => [
    step,
    stepNamed(step).owner,
    ...[small, large].flatMap((costs) => [costs[step].seconds.toFixed(1), megabytes(costs[step].peakBytes)]),
    (large[step].peakBytes / small[step].peakBytes).toFixed(2),
  ]);
  say(
    table(
      ["step", "process", `${few}: s`, "peak MB", `${many}: s`, "peak MB", "ratio"],
      rows,
      [2, 3, 4, 5, 6],
    ).replaceAll("\n", "\n  "),
  );
  return [
    below("count", `Count over ${many.toLocaleString("en")} participants`, large.Count.seconds, 5, "s"),
    ...(["campaign", "sender"] as const).flatMap((service) => {
      const [before, after] = [peakOf(small, service), peakOf(large, service)];
      return [
        plain("count", `peak memory of ${service}, ${few.toLocaleString("en")} participants`, before / megabyte, "MB"),
        plain("count", `… ${many.toLocaleString("en")} participants`, after / megabyte, "MB"),
        below("count", "… ratio", after / before, flatRatio, ""),
      ];
    }),
  ];
}

async function measure(participants: number, say: (text: string) => void): Promise<Costs> {
  await using bench = await openBenchStack(participants);
  await bench.putAccount({ name: "bench" });
  const orderId = await bench.createOrder("bench");
  const costs: Partial<Record<StepName, StepCost>> = {};
  for (const step of stepNames) {
    // A collector takes its time: with few people Count is repeated until it has read as many as with many, so that
    // garbage is equal and only what is kept differs.
    const times = step === "Count" ? many / participants : 1;
    costs[step] = await measureStep(bench, orderId, step, times);
    say(`${participants} participants, ${step}: ${costs[step].seconds.toFixed(1)} s`);
  }
  return costs as Costs;
}

/** The first time's seconds, the peak of all times. */
async function measureStep(bench: BenchStack, orderId: string, step: StepName, times: number): Promise<StepCost> {
  const pid = bench.stack.services[stepNamed(step).owner as "campaign" | "sender"].pid()!;
  forgetPeak(pid);
  const seconds = workingSeconds(await bench.drive(orderId, step));
  for (let again = 1; again < times; again += 1) await bench.drive(orderId, step);
  return { seconds, peakBytes: peakBytes(pid) };
}

/** From the judgement that made the step `working` to its end. */
function workingSeconds({ startedAt = "", endedAt = "" }: StepRecord): number {
  return (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
}

function peakOf(costs: Costs, service: "campaign" | "sender"): number {
  return Math.max(
    ...stepNames.filter((step) => stepNamed(step).owner === service).map((step) => costs[step].peakBytes),
  );
}

const megabytes = (bytes: number) => (bytes / megabyte).toFixed(0);
