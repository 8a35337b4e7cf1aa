import { counted } from "../numberWords.ts";
import { groupTitle } from "./receivingGroups.ts";
import type { LimitedGroup, Waiting } from "./waitingSchema.ts";

const pauses: Readonly<Partial<Record<string, string>>> = {
  unreachable: "its mail server could not be reached",
  throttled: "its mail server asked to send more slowly",
  "soft-refusal": "its mail server put off many recipients in a row",
  "in-doubt": "the connection was lost in the middle of several messages",
  "daily-limit": "its provider's daily limit is reached",
};

/** For a pause whose reason is not known. */
export const unknownPause = "its mail server asked for it or did not respond";

/**
 * Why an account is paused, in words that follow "because"; `notice` (AccountNotice) is what paused it. Undefined where it says
 * too little: the reply that began the pause says more.
 */
export function pauseWords(notice: string | undefined): string | undefined {
  return pauses[notice ?? ""];
}

const holds: Readonly<Partial<Record<string, string>>> = {
  rate: "its rate allows the next mail then",
  window: "the sending window of the work order is closed",
  connections: "all its connections are in use",
  rebuilding: "what it has used of its quota is being read again",
};

/** Why a chunk gets no rate slot of an account that is not paused, in words that follow "because". */
export function holdWords(cause: string): string {
  return holds[cause] ?? "it has no place now";
}

/** Why mails wait for their account, in words that follow "because". */
export function whyWaiting(end: {
  readonly cause: string;
  readonly pausedFor?: string | undefined;
  readonly because?: string | undefined;
}): string {
  if (end.cause !== "paused") return holdWords(end.cause);
  return end.because ?? pauseWords(end.pausedFor) ?? unknownPause;
}

/** `2 a second`, or `18 a minute`, `2 an hour` where it is slower. */
export function rateWords(perSecond: number): string {
  const [number, unit] =
    perSecond >= 1
      ? [perSecond, "second"]
      : perSecond * 60 >= 1
        ? [perSecond * 60, "minute"]
        : [perSecond * 3600, "hour"];
  return `${Math.round(number * 10) / 10} ${unit === "hour" ? "an" : "a"} ${unit}`;
}

/** How many wait for their receiving servers, and why. `inWords` writes an instant. */
export function limitedWords(
  { group, people, perSecond, slowedUntil }: LimitedGroup,
  inWords: (at: string) => string,
): string {
  const rate = perSecond === undefined ? "" : ` to ${rateWords(perSecond)}`;
  const how = slowedUntil
    ? `asked to send more slowly, so it is slowed${rate} until ${inWords(slowedUntil)}`
    : `is limited${rate}`;
  return `${groupTitle(group)} ${how}: ${counted(people, "person waits", "people wait")}`;
}

/** What a forecast takes from it; epoch milliseconds. */
export interface WaitingAhead {
  readonly retries?: { readonly people: number; readonly nextAt: number; readonly lastAt: number };
  /** The account begins nothing before. */
  readonly pausedUntil?: number;
  /** People whose receiving domains take no more than so many a second. */
  readonly limited?: readonly GroupAhead[];
}

/** People of one receiving domain group, and how many a second may go there. */
interface GroupAhead {
  readonly group: string;
  readonly people: number;
  readonly perSecond: number;
}

/** True where the speed of the last minute says nothing about the next: the account is paused, or only those who wait are left. */
export function isHeldUp(
  { retries, pausedUntil = 0, limited = [] }: WaitingAhead,
  peopleLeft: number,
  now: number,
): boolean {
  if (limited.length > 0 && peopleLeft <= limited.reduce((sum, { people }) => sum + people, retries?.people ?? 0))
    return true;
  return pausedUntil > now || (retries !== undefined && peopleLeft <= retries.people);
}

/** Times are read without time.ts, which would bring the schemas to the browser. */
export function waitingAhead({ retries, paused, held, limited = [] }: Waiting = {}): WaitingAhead {
  const ends = [paused, held].flatMap((one) => (one ? [Date.parse(one.until)] : []));
  return {
    ...(retries && {
      retries: {
        people: retries.people,
        nextAt: Date.parse(retries.nextAt),
        lastAt: Date.parse(retries.lastAt),
      },
    }),
    ...(ends.length > 0 && { pausedUntil: Math.max(...ends) }),
    ...(limited.length > 0 && {
      limited: limited.flatMap(({ group, people, perSecond }) =>
        perSecond === undefined ? [] : [{ group, people, perSecond }],
      ),
    }),
  };
}
