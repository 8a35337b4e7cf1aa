import { isParentOf } from "../parentOrder.ts";
import type { WorkOrder } from "../workOrder.ts";
import { type Judged, listed, type OrderFormContext } from "./formContext.ts";
import type { OrderFields } from "./orderFields.ts";

/**
 * The order this one takes languages, subjects and content from. An order keeps its parent, or keeps having none, as
 * long as its event, sub-event and stage stay: a parent created later changes nothing by itself. A parent that is gone, or
 * was moved elsewhere, is replaced.
 */
function parentFor(fields: OrderFields, context: OrderFormContext): WorkOrder | undefined {
  const { order, parent, parentOfStage, stages } = context;
  const keepsKey =
    order !== undefined &&
    order.eventCode === fields.eventCode &&
    order.subEvent === fields.subEvent &&
    order.stage === fields.stage;
  if (!keepsKey) return parentOfStage;
  if (order.parentOrderId === undefined) return undefined;
  const parentStages = stages.find(({ name }) => name === order.stage)?.parentStages ?? [];
  return parent && isParentOf(parent, order, parentStages) ? parent : parentOfStage;
}

/** The enabled languages, in the order of processing, and the order they are inherited from. */
export function judgeLanguages(
  fields: OrderFields,
  context: OrderFormContext,
): Judged<"languages" | "parentOrderId"> & { readonly parent: WorkOrder | undefined } {
  const parent = parentFor(fields, context);
  const languages = [...new Set(parent?.languages ?? fields.languages)];
  const fault = languagesFault(languages, parent, context);
  const note = parentNote(fields, context, parent);
  return {
    parent,
    errors: fault === undefined ? {} : { languages: fault },
    notes: note === undefined ? {} : { stage: note },
    stored: { languages, parentOrderId: parent?.id },
  };
}

function languagesFault(
  languages: readonly string[],
  parent: WorkOrder | undefined,
  context: OrderFormContext,
): string | undefined {
  if (languages.length === 0) return "Choose at least one language.";
  const unknown = languages.filter((code) => !context.languages.has(code));
  if (unknown.length === 0) return undefined;
  const which = unknown.length === 1 ? `The language ${unknown[0]} is` : `The languages ${unknown.join(", ")} are`;
  const repair = parent
    ? `Fix it in the work order of ${parent.stage}, which they come from`
    : `Choose among: ${listed([...context.languages.keys()])}`;
  return `${which} not configured. ${repair}.`;
}

function parentNote(
  { stage, eventCode, subEvent }: OrderFields,
  { order, stages, parentOfStage }: OrderFormContext,
  parent: WorkOrder | undefined,
): string | undefined {
  if (parent) return `Languages, subjects and content come from the work order of stage ${parent.stage}, ${parent.id}.`;
  const parents = stages.find(({ name }) => name === stage)?.parentStages ?? [];
  if (parents.length === 0 || eventCode === "" || subEvent === "") return undefined;
  const what = `The stage ${stage} usually takes its content from ${parents.join(" or ")}`;
  if (parentOfStage && order)
    return `${what}, but this work order was created before that of ${parentOfStage.stage} and has content of its own.`;
  return `${what}. There is no such work order for this part of the event yet, so this one has content of its own.`;
}
