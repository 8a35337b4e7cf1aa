import type { Program } from "./participant.ts";

const flags = {
  join: "Registered",
  accepted: "Accepted",
  withdrawn: "Withdrawn",
  eligible: "May register",
  oath: "Took the oath",
  attended: "Attended",
  manualInclude: "Put on the list by hand",
  test: "Test person",
  limitFee: "Limited fee",
} as const satisfies Partial<Record<keyof Program, string>>;

/** What a person's relation to an event says, in plain words: `Registered`, `Chose r1`, `Booked weekend`. */
export function programWords(program: Program): string[] {
  const marks = Object.entries(flags).flatMap(([flag, words]) => (program[flag] === true ? [words] : []));
  const chosen = Object.entries(program.whichRetreats ?? {}).flatMap(([retreat, isChosen]) =>
    isChosen ? [retreat] : [],
  );
  const booked = Object.entries(program.offeringHistory ?? {}).flatMap(([subEvent, offering]) =>
    offering?.offeringSKU?.trim() ? [`${subEvent} (${offering.offeringSKU.trim()})`] : [],
  );
  return [
    ...marks,
    ...(chosen.length > 0 ? [`Chose ${chosen.sort().join(", ")}`] : []),
    ...(booked.length > 0 ? [`Booked ${booked.sort().join(", ")}`] : []),
  ];
}
