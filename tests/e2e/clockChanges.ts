import { Temporal } from "temporal-polyfill";

/** The next two changes of clocks in a zone, as local times in the middle of the hour that is skipped or comes twice. */
export function nextChanges(zone: string): {
  readonly gap: Temporal.PlainDateTime;
  readonly fold: Temporal.PlainDateTime;
} {
  const found: { gap?: Temporal.PlainDateTime; fold?: Temporal.PlainDateTime } = {};
  let at = Temporal.Now.zonedDateTimeISO(zone);
  while (!found.gap || !found.fold) {
    const change = at.getTimeZoneTransition("next");
    if (!change) throw new Error(`The clocks of ${zone} do not change any more.`);
    const before = change.subtract({ nanoseconds: 1 });
    const isForward = change.offsetNanoseconds > before.offsetNanoseconds;
    found[isForward ? "gap" : "fold"] ??= (isForward ? before : change)
      .toPlainDateTime()
      .round("minute")
      .add({ minutes: 30 });
    at = change;
  }
  return found as Required<typeof found>;
}
