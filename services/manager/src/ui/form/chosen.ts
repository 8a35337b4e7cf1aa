import type { Options, Order } from "../../api/orders.ts";
import type { FormValues } from "./formValues.ts";

/** What event and stage mean for the rest of the form. */
export interface Chosen {
  readonly event: Options["events"][number] | undefined;
  readonly stage: Options["stages"][number] | undefined;
  readonly inPerson: boolean;
  /** A confirmation of a virtual event: only there is a Zoom field. */
  readonly needsZoom: boolean;
}

export function chosenIn(options: Options, values: Pick<FormValues, "eventCode" | "stage">): Chosen {
  const event = options.events.find(({ code }) => code === values.eventCode);
  const stage = options.stages.find(({ name }) => name === values.stage);
  const inPerson = event?.inPerson === true;
  return { event, stage, inPerson, needsZoom: stage?.confirmation === true && event !== undefined && !inPerson };
}

/** Another event: its only sub-event is chosen at once, and one that it does not have is cleared. */
export function withEvent(options: Options, values: FormValues, eventCode: string): Partial<FormValues> {
  const parts = options.events.find(({ code }) => code === eventCode)?.subEvents ?? [];
  const only = parts.length === 1 ? parts[0] : undefined;
  return { eventCode, subEvent: only ?? (parts.includes(values.subEvent) ? values.subEvent : "") };
}

/** Another stage: one that wants registration links wants them by default. */
export function withStage(options: Options, stage: string): Partial<FormValues> {
  const { requireRegLink = false } = options.stages.find(({ name }) => name === stage) ?? {};
  return { stage, ...(requireRegLink && { regLinkPresent: true }) };
}

/** Stages of the chosen sub-event that already have a work order, archived ones included. */
export function usedStages(
  orders: readonly Order[],
  { eventCode, subEvent }: Pick<FormValues, "eventCode" | "subEvent">,
  ownId: string | undefined,
): ReadonlyMap<string, Order> {
  const others = orders.filter(
    (order) => order.eventCode === eventCode && order.subEvent === subEvent && order.id !== ownId,
  );
  return new Map(others.map((order) => [order.stage, order]));
}

/** A stage as an option; one that is used is disabled and says why. */
export function stageChoice({ name, description }: Options["stages"][number], usedBy: Order | undefined): Choice {
  if (!usedBy) return { value: name, label: name, hint: description };
  return {
    value: name,
    label: name,
    hint: `already used${usedBy.archived ? " (by an archived work order)" : ""}`,
    disabled: true,
  };
}

/**
 * The testers to choose for an order of the chosen event: those of Config, addresses typed for this event, and those
 * already chosen, with the reason where they cannot stay.
 */
export function choosableTesters(
  { testers }: Pick<Options, "testers">,
  { eventCode, testers: chosen }: Pick<FormValues, "eventCode" | "testers">,
): { readonly value: string; readonly label: string }[] {
  const isFor = ({ typedFor }: Options["testers"][number]) => typedFor === undefined || typedFor === eventCode;
  const gone = chosen.filter((id) => !testers.some((tester) => tester.id === id));
  return [
    ...testers.filter(isFor).map(({ id, label }) => ({ value: id, label })),
    ...testers
      .filter((tester) => !isFor(tester) && chosen.includes(tester.id))
      .map(({ id, label }) => ({ value: id, label: `${label} (typed for another event)` })),
    ...gone.map((id) => ({ value: id, label: `${id} (not available any more)` })),
  ];
}

interface Choice {
  readonly value: string;
  readonly label: string;
  /** A short explanation. For the chosen one it is shown below the field. */
  readonly hint?: string;
  readonly disabled?: boolean;
}

/**
 * Options of a select. The first says what to do and cannot be chosen; a stored value that is not offered any more is
 * listed and says so.
 */
export function choices(
  whatToDo: string,
  offered: readonly Choice[],
  stored: string,
): { value: string; label: string; disabled: boolean }[] {
  const isGone = stored !== "" && !offered.some(({ value }) => value === stored);
  const gone = { value: stored, label: `${stored} (not available any more)`, disabled: true };
  const known = offered.map(({ value, label, hint = "", disabled = false }) => {
    const isHinted = hint !== "" && (value !== stored || disabled);
    return { value, label: isHinted ? `${label} – ${hint}` : label, disabled };
  });
  return [{ value: "", label: whatToDo, disabled: true }, ...known, ...(isGone ? [gone] : [])];
}
