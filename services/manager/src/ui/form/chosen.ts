import type { Options, Order } from "../../api/orders.ts";
import type { FormValues } from "./formValues.ts";

/** What the choices made so far mean for the rest of the form. */
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

/** Another event: its only part is chosen at once, and a part it does not have is none. */
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

/** Stages of the chosen part that have their work order already. Archived ones count. */
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

/** A stage to choose; one that is used cannot be, and says why. */
export function stageChoice({ name, description }: Options["stages"][number], usedBy: Order | undefined): Choice {
  if (!usedBy) return { value: name, label: name, hint: description };
  return {
    value: name,
    label: name,
    hint: `already used${usedBy.archived ? " (by an archived work order)" : ""}`,
    disabled: true,
  };
}

interface Choice {
  readonly value: string;
  readonly label: string;
  /** A word on it. For what is chosen it stands below the field. */
  readonly hint?: string;
  readonly disabled?: boolean;
}

/**
 * A list to choose from. It begins with what to do, which is no choice itself; a stored value that is not offered any more
 * still stands in it, and says so.
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
