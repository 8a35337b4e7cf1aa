import { useEffect, useState } from "react";
import type { JudgedStartTime } from "../../api/commands.ts";
import { call, RequestFailed } from "../http.ts";
import { localTimes } from "../order/stepWords.ts";
import { viewerZone } from "../shell/momentText.ts";

/** Debounce: a time is judged when typing has paused this long. */
const pauseMilliseconds = 350;

/** When a Send is to start, as its user enters it: now, or at a time in a zone. */
export interface StartTime {
  readonly isLater: boolean;
  readonly date: string;
  readonly time: string;
  readonly zone: string;
  change(changes: Partial<Pick<StartTime, "isLater" | "date" | "time" | "zone">>): void;
  /** The instant of the time that is entered; absent until the server found it fit. */
  readonly startAt?: string | undefined;
  readonly fault?: string | undefined;
  readonly note?: string | undefined;
}

/** Lets the server find the instant while it is entered: only it knows the rules of clock changes. */
export function useStartTime(orderId: string, scheduledAt: string | undefined): StartTime {
  const [entered, setEntered] = useState(() => enteredOf(scheduledAt));
  const [judged, setJudged] = useState<{ readonly asked: string; readonly found: JudgedStartTime }>();
  const { isLater, date, time, zone } = entered;
  const asked = isLater && date !== "" && time !== "" ? JSON.stringify({ local: `${date}T${time}`, zone }) : undefined;
  useEffect(() => {
    if (asked === undefined) return;
    const left = new AbortController();
    const pause = setTimeout(async () => {
      const path = `/api/work-orders/${orderId}/start-time`;
      const found = await call<JudgedStartTime>("POST", path, JSON.parse(asked), { signal: left.signal }).catch(
        (error: unknown) => ({ problem: error instanceof RequestFailed ? error.message : String(error) }),
      );
      if (!left.signal.aborted) setJudged({ asked, found });
    }, pauseMilliseconds);
    return () => {
      clearTimeout(pause);
      left.abort();
    };
  }, [asked, orderId]);
  const found: Partial<JudgedStartTime> = asked !== undefined && judged?.asked === asked ? judged.found : {};
  return {
    ...entered,
    change: (changes) => setEntered((before) => ({ ...before, ...changes })),
    startAt: found.startAt,
    fault: found.problem === undefined ? undefined : localTimes(found.problem),
    note: found.note === undefined ? undefined : localTimes(found.note),
  };
}

const twoDigits = (number: number) => String(number).padStart(2, "0");

/** What is scheduled already is shown to be moved. */
function enteredOf(scheduledAt: string | undefined) {
  const zone = viewerZone();
  if (scheduledAt === undefined) return { isLater: false, date: "", time: "", zone };
  const at = new Date(scheduledAt);
  return {
    isLater: true,
    date: `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`,
    time: `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`,
    zone,
  };
}
