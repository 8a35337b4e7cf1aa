import type { Stage, User } from "@email-agent/shared/domain/configItems.ts";
import { judgeForm } from "@email-agent/shared/domain/form/judgeForm.ts";
import { languagesNaming, orderCopy } from "@email-agent/shared/domain/form/orderCopy.ts";
import type { OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { isOffered } from "@email-agent/shared/domain/recipients/tester.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { CopyOutcome, CopyPlace, CopyRow } from "../../api/copies.ts";
import { type FormPorts, loadFormContext } from "../orders/loadFormContext.ts";

/** One order of the event, judged. `fields` only where it can be created. */
export interface PlannedCopy {
  readonly row: CopyRow;
  readonly fields?: OrderFields;
  /** The row of the order whose content it takes. */
  readonly parent?: string;
}

/** Copies made up to now in this plan, by part and stage of the other event. */
type Made = Map<string, { readonly outcome: CopyOutcome; readonly order: WorkOrder }>;

/**
 * What each order of an event becomes at another event, parents first, by the rules of a new order. A parent that comes
 * with this copy counts as there, and one that does not fit holds its children back: created alone they would have
 * content of their own for ever.
 */
export async function planCopies(
  ports: FormPorts,
  user: User,
  place: CopyPlace,
  orders: readonly WorkOrder[],
): Promise<PlannedCopy[]> {
  const { configTable } = ports;
  const [testers, stages, names] = await Promise.all([
    configTable.testers(),
    configTable.stages(),
    namesOf(ports, place.from),
  ]);
  const isTester = (id: string, eventCode: string) => testers.some((one) => one.id === id && isOffered(one, eventCode));
  const made: Made = new Map();
  const planned: PlannedCopy[] = [];
  for (const order of parentsFirst(orders, stages)) {
    const target = Object.hasOwn(place.parts, order.subEvent) ? place.parts[order.subEvent] : undefined;
    const copy = target
      ? await planCopy(ports, user, order, { eventCode: place.to, subEvent: target }, { isTester, names, stages, made })
      : left(order);
    planned.push(copy);
    if (target && !made.has(keyOf(target, order.stage)))
      made.set(keyOf(target, order.stage), { outcome: copy.row.outcome, order });
  }
  return planned;
}

interface Known {
  readonly isTester: (id: string, eventCode: string) => boolean;
  readonly names: readonly string[];
  readonly stages: readonly Stage[];
  readonly made: Made;
}

async function planCopy(
  ports: FormPorts,
  user: User,
  order: WorkOrder,
  at: Pick<OrderFields, "eventCode" | "subEvent">,
  { isTester, names, stages, made }: Known,
): Promise<PlannedCopy> {
  const { subEvent, stage } = order;
  const { fields, left: notes } = orderCopy(order, at, { isTester, now: ports.clock.now() });
  const context = await loadFormContext(ports, user, fields);
  const row = { from: order.id, subEvent, stage, target: at.subEvent, reasons: [], notes: [] };
  if (context.keyHolder !== undefined) return { row: { ...row, outcome: "exists", id: context.keyHolder } };
  if (made.has(keyOf(at.subEvent, stage)))
    return unfit(row, [`Another part of the event is copied to ${at.subEvent} as well, and has this stage.`]);
  const parent = parentIn(stages, made, fields, context.parentOfStage);
  if (parent?.isUnfit && order.parentOrderId === parent.order.id)
    return unfit(row, [
      `Its content comes from the stage ${parent.order.stage}, which does not fit: repair that first.`,
    ]);
  const parentOfStage = parent && !parent.isUnfit ? { ...parent.order, ...at } : undefined;
  const { parentOfStage: _, ...others } = context;
  const judged = judgeForm(fields, { ...others, ...(parentOfStage && { parentOfStage }) });
  if (!judged.stored) return unfit(row, Object.values(judged.errors));
  const named = languagesNaming(judged.stored, names);
  return {
    row: {
      ...row,
      outcome: "creates",
      notes: [
        ...notes,
        ...(named.length > 0
          ? [`Subject or preview text names the event it is copied from: ${named.join(", ")}.`]
          : []),
        ...contentNotes(order, parentOfStage),
      ],
    },
    fields,
    ...(order.parentOrderId !== undefined && parent && { parent: parent.order.id }),
  };
}

/** The order whose content a copy takes: of the first parent stage that has one there, or gets one by this copy. */
function parentIn(
  stages: readonly Stage[],
  made: Made,
  { subEvent, stage }: Pick<OrderFields, "subEvent" | "stage">,
  existing: WorkOrder | undefined,
): { readonly order: WorkOrder; readonly isUnfit: boolean } | undefined {
  for (const name of stages.find((one) => one.name === stage)?.parentStages ?? []) {
    const found = made.get(keyOf(subEvent, name));
    if (found && found.outcome !== "exists") return { order: found.order, isUnfit: found.outcome === "unfit" };
    if (existing?.stage === name) return { order: existing, isUnfit: false };
  }
  return undefined;
}

function contentNotes(order: WorkOrder, parent: WorkOrder | undefined): string[] {
  if (parent && order.parentOrderId === undefined)
    return [`Languages, subjects and content come from ${parent.stage}; the work order it is copied from has its own.`];
  if (!parent && order.parentOrderId !== undefined)
    return ["It has content of its own: no work order of a parent stage is there to take it from."];
  return [];
}

function unfit(row: Omit<CopyRow, "outcome">, reasons: readonly string[]): PlannedCopy {
  return { row: { ...row, outcome: "unfit", reasons } };
}

function left({ id, subEvent, stage }: WorkOrder): PlannedCopy {
  return { row: { from: id, subEvent, stage, outcome: "left", reasons: [], notes: [] } };
}

const keyOf = (subEvent: string, stage: string) => `${subEvent}#${stage}`;

/** Orders by part and stage; those whose content others may take before them. */
function parentsFirst(orders: readonly WorkOrder[], stages: readonly Stage[]): WorkOrder[] {
  const stageOf = new Map(stages.map((stage) => [stage.name, stage]));
  const byKey = new Map(orders.map((order) => [keyOf(order.subEvent, order.stage), order]));
  const sorted = new Set<WorkOrder>();
  // `below` ends the walk where stages are parents of each other.
  const add = (order: WorkOrder, below: readonly WorkOrder[]) => {
    for (const name of stageOf.get(order.stage)?.parentStages ?? []) {
      const parent = byKey.get(keyOf(order.subEvent, name));
      if (parent && !below.includes(parent)) add(parent, [...below, order]);
    }
    sorted.add(order);
  };
  const placeOf = ({ stage }: WorkOrder) => stageOf.get(stage)?.order ?? 0;
  const inOrder = [...orders].sort(
    (one, other) => one.subEvent.localeCompare(other.subEvent, "en") || placeOf(one) - placeOf(other),
  );
  for (const order of inOrder) add(order, [order]);
  return [...sorted];
}

/** What a subject may name the event by. */
async function namesOf({ events }: Pick<FormPorts, "events">, eventCode: string): Promise<string[]> {
  const event = await events.get(eventCode);
  return [eventCode, ...(event && event.name !== "" ? [event.name] : [])];
}
