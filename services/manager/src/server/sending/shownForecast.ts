import type { Forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { SendForecast } from "../../api/sending.ts";

/** A Send of months pauses hundreds of times; the first pauses tell enough. */
const sleepsShown = 20;

/** A forecast as it goes to the browser. */
export function shownForecast({ finishAt, seconds, limitedBy, sleeps, mailedBefore }: Forecast): SendForecast {
  return {
    ...(finishAt !== undefined && { finishAt: instant(finishAt) }),
    ...(seconds !== undefined && { seconds }),
    limitedBy,
    sleeps: sleeps.slice(0, sleepsShown).map(({ from, until, mailed }) => ({
      from: instant(from),
      until: instant(until),
      mailed,
    })),
    sleepCount: sleeps.length,
    ...(mailedBefore !== undefined && { mailedBefore }),
  };
}
