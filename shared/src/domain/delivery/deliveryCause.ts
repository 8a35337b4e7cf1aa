import { hash } from "node:crypto";
import { z } from "zod";
import { instantSchema } from "../time.ts";
import type { Delivery } from "./delivery.ts";
import { sameRefusalText } from "./replies/comparableReply.ts";

/**
 * Why mails failed or are in doubt, as far as they have it in common. `reply`: a hash of the words that several replies share (the
 * words themselves may hold a person's name), absent where there was no reply. Mails in doubt belong together only within one run, and without a reply only if their senders
 * were lost at about the same time: between `from` and `to`.
 */
export const causeSchema = z.object({
  reply: z.string().max(100).optional(),
  code: z.int().optional(),
  runId: z.string().max(300).optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
});
export type Cause = z.infer<typeof causeSchema>;

type Caused = Pick<Delivery, "status" | "runId" | "smtpResponse" | "smtpCode" | "endedAt" | "sendingAt">;

/** Mails that were lost one after the other with less than this between them were lost together. */
const apartMilliseconds = 60_000;

function causeOf({ status, runId, smtpResponse, smtpCode }: Caused): Cause {
  return {
    ...(smtpResponse !== undefined && { reply: hash("sha256", sameRefusalText(smtpResponse)).slice(0, 16) }),
    ...(smtpCode !== undefined && { code: smtpCode }),
    ...(status === "in-doubt" && { runId }),
  };
}

const endOf = ({ endedAt, sendingAt }: Caused) => endedAt ?? sendingAt;
const keyOf = ({ reply, code, runId }: Cause) => JSON.stringify([reply ?? null, code ?? null, runId ?? null]);

/** True if the cause is that of the delivery. */
export function hasCause(delivery: Caused, cause: Cause): boolean {
  const { from, to } = cause;
  const end = endOf(delivery);
  if ((from !== undefined && end < from) || (to !== undefined && end > to)) return false;
  return keyOf(causeOf(delivery)) === keyOf(cause);
}

/** Mails with one cause. */
export interface CauseGroup {
  readonly cause: Cause;
  readonly mails: number;
  /** Language → mails. */
  readonly languages: Readonly<Record<string, number>>;
  /** One of their replies as the mail server wrote it, and the address it is about. */
  readonly sample?: { readonly reply: string; readonly email: string };
  /** When the first and the last of them ended (ISO). */
  readonly firstAt: string;
  readonly lastAt: string;
}

interface Collected {
  readonly cause: Cause;
  readonly sample: CauseGroup["sample"];
  /** Epoch ms and language of each mail; for mails in doubt, which are few. */
  readonly ends: { readonly at: number; readonly language: string }[];
  readonly languages: Record<string, number>;
  mails: number;
  firstAt: string;
  lastAt: string;
}

/**
 * Collects deliveries by their cause. Memory holds `most` causes and, for mails that are lost without a reply, a time each;
 * `others` counts mails whose cause is beyond these.
 */
export function causeCollector(most: number) {
  const found = new Map<string, Collected>();
  let others = 0;
  return {
    add(delivery: Caused & Pick<Delivery, "email">, language: string): void {
      const cause = causeOf(delivery);
      const key = keyOf(cause);
      const end = endOf(delivery);
      let group = found.get(key);
      if (!group && found.size >= most) {
        others += 1;
        return;
      }
      if (!group) {
        const { smtpResponse: reply, email } = delivery;
        const sample = reply === undefined ? undefined : { reply, email };
        group = { cause, sample, ends: [], languages: {}, mails: 0, firstAt: end, lastAt: end };
        found.set(key, group);
      }
      group.mails += 1;
      group.languages[language] = (group.languages[language] ?? 0) + 1;
      if (end < group.firstAt) group.firstAt = end;
      if (end > group.lastAt) group.lastAt = end;
      if (isSplit(cause)) group.ends.push({ at: Date.parse(end), language });
    },
    get others() {
      return others;
    },
    /** The causes with most mails first. */
    groups(): CauseGroup[] {
      const groups = [...found.values()].flatMap((group) =>
        isSplit(group.cause) ? splitByTime(group) : [whole(group)],
      );
      return groups.sort((one, other) => other.mails - one.mails || (one.lastAt < other.lastAt ? 1 : -1));
    },
  };
}

/** Lost without a reply: several senders of one run may have been lost at different times. */
function isSplit({ reply, runId }: Cause): boolean {
  return reply === undefined && runId !== undefined;
}

function whole({ cause, mails, languages, sample, firstAt, lastAt }: Collected): CauseGroup {
  return { cause, mails, languages, ...(sample && { sample }), firstAt, lastAt };
}

function splitByTime({ cause, ends }: Collected): CauseGroup[] {
  const groups: { firstAt: number; lastAt: number; mails: number; languages: Record<string, number> }[] = [];
  for (const { at, language } of ends.toSorted((one, other) => one.at - other.at)) {
    let group = groups.at(-1);
    if (!group || at - group.lastAt > apartMilliseconds) {
      group = { firstAt: at, lastAt: at, mails: 0, languages: {} };
      groups.push(group);
    }
    group.lastAt = at;
    group.mails += 1;
    group.languages[language] = (group.languages[language] ?? 0) + 1;
  }
  return groups.map(({ firstAt, lastAt, mails, languages }) => {
    const [from, to] = [new Date(firstAt).toISOString(), new Date(lastAt).toISOString()];
    return { cause: { ...cause, from, to }, mails, languages, firstAt: from, lastAt: to };
  });
}
