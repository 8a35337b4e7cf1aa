import type { WorkOrder } from "../workOrder.ts";
import type { FieldSentences, OrderFormContext, StoredFields } from "./formContext.ts";
import { judgeKey } from "./judgeKey.ts";
import { judgeLanguages } from "./judgeLanguages.ts";
import { judgeAccount, judgeContinuous, judgeRevision, judgeTesters } from "./judgeSending.ts";
import { judgeTexts } from "./judgeTexts.ts";
import { judgeZoom } from "./judgeZoom.ts";
import type { OrderFields } from "./orderFields.ts";

/** What the judge says to a form. */
export interface JudgedForm<Stored> {
  /** Field (`stage`, `subjects.EN`) → one sentence; without any the form may be saved. */
  readonly errors: FieldSentences;
  readonly notes: FieldSentences;
  /** The fields as they will be stored; absent while there are errors. */
  readonly stored?: Stored;
}

/**
 * The one judge of the form of an order, for the page while it is filled in and for every save. Pure: what the form
 * refers to comes as `context`.
 */
export function judgeForm(
  fields: OrderFields,
  context: OrderFormContext,
): JudgedForm<StoredFields> & { readonly parent: WorkOrder | undefined } {
  const languages = judgeLanguages(fields, context);
  // In the order of the page: the first error is where the focus goes.
  const parts = [
    judgeKey(fields, context),
    languages,
    judgeTexts(fields, context, languages.stored.languages, languages.parent),
    judgeAccount(fields, context),
    judgeZoom(fields, context),
    judgeSwitches(fields, context),
    judgeTesters(fields, context),
    judgeContinuous(fields, context),
    judgeRevision(fields),
  ] as const;
  const judged = joined(parts);
  const stored = Object.assign({}, ...parts.map((part) => part.stored)) as StoredFields;
  return { ...judged, parent: languages.parent, ...(isFree(judged.errors) && { stored }) };
}

type SleepingFields = Pick<StoredFields, "testers" | "sendContinuously" | "sendUntil" | "sendInterval">;

/** The judge while Send sleeps: only the settings that may change then, whatever has become of the others. */
export function judgeSleepingForm(fields: OrderFields, context: OrderFormContext): JudgedForm<SleepingFields> {
  const parts = [judgeTesters(fields, context), judgeContinuous(fields, context)] as const;
  const judged = joined(parts);
  const stored = { ...parts[0].stored, ...parts[1].stored };
  return { ...judged, ...(isFree(judged.errors) && { stored }) };
}

function joined(parts: readonly { errors: FieldSentences; notes: FieldSentences }[]) {
  return {
    errors: Object.assign({}, ...parts.map(({ errors }) => errors)) as FieldSentences,
    notes: Object.assign({}, ...parts.map(({ notes }) => notes)) as FieldSentences,
  };
}

function isFree(errors: FieldSentences): boolean {
  return Object.keys(errors).length === 0;
}

/** What Prepare asks of the content. Registration links are asked for only where the stage wants them. */
function judgeSwitches(fields: OrderFields, { event, stages }: OrderFormContext) {
  const asksForLinks = stages.find(({ name }) => name === fields.stage)?.requireRegLink === true;
  const regLinkPresent = asksForLinks && fields.regLinkPresent;
  const part = event && Object.hasOwn(event.subEvents, fields.subEvent) ? event.subEvents[fields.subEvent] : undefined;
  const isClosed = regLinkPresent && part?.regLinkAvailable === false;
  const notes: FieldSentences = isClosed
    ? {
        regLinkPresent: `Registration for ${fields.subEvent} is closed: Dry-Run, Test and Send refuse to run until it opens or this is switched off.`,
      }
    : {};
  return { errors: {}, notes, stored: { salutationByName: fields.salutationByName, regLinkPresent } };
}
