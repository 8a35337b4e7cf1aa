import { instant } from "@email-agent/shared/domain/time.ts";
import { newChunk } from "./planRun.ts";
import type { SendRun } from "./sendRun.ts";

/** Chunks of people who wait for their receiving groups that hold people of one group at a time: while one ends the next begins. */
const chunksPerGroup = 2;
/** A chunk holds as many people of a group as it takes in this time. */
const groupSeconds = 30;

/**
 * People who are due for another attempt go into retry chunks: after greylisting or another soft bounce, and those whose receiving
 * groups have room now. The latter get chunks of their own, whose workers wait with them, so that the others never do.
 */
export async function planRetries(sendRun: SendRun, chunkSize: number): Promise<void> {
  const { ports, retries } = sendRun;
  for (;;) {
    const due = retries.takeDue(ports.clock.now(), chunkSize);
    if (!due) break;
    await planRetry(sendRun, due);
  }
  for (;;) {
    const due = takeLimited(sendRun, chunkSize);
    if (!due) return;
    await planRetry(sendRun, due);
  }
}

interface Due {
  readonly language: string;
  readonly ids: readonly string[];
  readonly groups?: Readonly<Record<string, number>>;
}

function takeLimited({ ports, retries, registry, width, groups }: SendRun, chunkSize: number): Due | undefined {
  const { chunks, of } = registry.limited();
  if (chunks >= Math.max(chunksPerGroup, width)) return undefined;
  return retries.takeLimited(ports.clock.now(), chunkSize, (group) => {
    if ((of.get(group) ?? 0) >= chunksPerGroup) return 0;
    return Math.max(1, Math.ceil((groups.get(group)?.perSecond ?? 1) * groupSeconds));
  });
}

async function planRetry(sendRun: SendRun, due: Due): Promise<void> {
  const { ports, run, retries, registry, plan } = sendRun;
  const { language, ids, groups } = due;
  const number = plan.nextRetryNumber[language] ?? 0;
  const chunk = { ...newChunk(plan, "retry", language, number, ids), ...(groups && { groups }) };
  try {
    run.proveLease();
    await ports.runs.putChunks([chunk]);
  } catch (error) {
    // The next look puts them again, under the same number.
    const now = instant(ports.clock.now());
    retries.add(language, Object.fromEntries(ids.map((id) => [id, now])));
    throw error;
  }
  sendRun.plan = { ...plan, nextRetryNumber: { ...plan.nextRetryNumber, [language]: number + 1 } };
  registry.plan(chunk);
}
