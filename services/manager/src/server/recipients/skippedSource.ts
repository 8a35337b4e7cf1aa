import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import type { Runs } from "@email-agent/shared/adapters/runs.ts";
import { compareIds } from "@email-agent/shared/domain/delivery/idOrder.ts";
import { chunkSchema } from "@email-agent/shared/domain/delivery/run.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import { noSuchPage } from "./cursor.ts";
import type { Recipient } from "./recipient.ts";
import type { ListStep, Place, RecipientSource } from "./recipientSource.ts";

interface SkippedPorts {
  readonly runs: Pick<Runs, "chunk" | "skipped">;
  readonly participants: Pick<Participants, "getMany">;
}

/** One skipped person; `sk`: their chunk. */
interface Skipped {
  readonly sk: string;
  readonly participantId: string;
  readonly reason: string;
}

const chunksAtOnce = 100;
const namesAtOnce = 100;

/** Whom the chunks of a run skipped, chunk by chunk, in each by participant id; with `reason` only those; names and addresses are those of now. */
export function skippedSource(
  { runs, participants }: SkippedPorts,
  asked: { readonly runId: string; readonly language: string; readonly reason?: string },
): RecipientSource {
  const { runId, language, reason: wanted } = asked;
  return async function* ({ after, accepts, signal }) {
    for await (const { people, readTo } of batches(runs, runId, language, after, signal)) {
      const now = await participants.getMany(people.map(({ participantId }) => participantId));
      signal.throwIfAborted();
      const found = people.flatMap(({ sk, participantId, reason }, index) => {
        const person = now.get(participantId);
        const name = person ? personName(person) : "";
        const email = (person?.email ?? "").trim();
        const recipient: Recipient = { participantId, name, email, status: "skipped", reason };
        const isWanted = wanted === undefined || reason === wanted;
        return isWanted && (!accepts || accepts(recipient))
          ? [{ recipient, place: [sk, participantId], position: index + 1 }]
          : [];
      });
      yield { found, looked: people.length, ...(readTo && { readTo }) } satisfies ListStep;
    }
  };
}

/** The skipped in batches whose names are read together. `after`: a chunk's key, with the last id taken from that chunk. */
async function* batches(
  runs: Pick<Runs, "chunk" | "skipped">,
  runId: string,
  language: string,
  after: Place | undefined,
  signal: AbortSignal,
): AsyncGenerator<{ people: Skipped[]; readTo?: Place }> {
  const [begunSk, lastId] = after ?? [];
  if (begunSk !== undefined && !chunkSchema.shape.sk.safeParse(begunSk).success) throw noSuchPage();
  if (begunSk !== undefined && lastId !== undefined) {
    const begun = await runs.chunk(runId, begunSk);
    const rest = begun ? peopleOf(begun).filter(({ participantId }) => compareIds(participantId, lastId) > 0) : [];
    if (rest.length > 0) yield { people: rest, readTo: [begunSk] };
  }
  const read = { limit: chunksAtOnce, signal, ...(begunSk !== undefined && { after: begunSk }) };
  for await (const { chunks, readTo } of runs.skipped(runId, language, read)) {
    const people = chunks.flatMap(peopleOf);
    for (let start = 0; start < people.length; start += namesAtOnce) {
      const batch = people.slice(start, start + namesAtOnce);
      const last = batch.at(-1);
      if (last && start + batch.length < people.length) yield { people: batch, readTo: [last.sk, last.participantId] };
      else yield { people: batch, ...(readTo !== undefined && { readTo: [readTo] }) };
    }
    if (people.length === 0) yield { people, ...(readTo !== undefined && { readTo: [readTo] }) };
  }
}

function peopleOf({ sk, skipped }: { sk: string; skipped: Readonly<Record<string, string>> }): Skipped[] {
  return Object.entries(skipped)
    .map(([participantId, reason]) => ({ sk, participantId, reason }))
    .sort((one, other) => compareIds(one.participantId, other.participantId));
}
