import type { WorkOrder } from "../workOrder.ts";
import type { FieldSentences, Judged, OrderFormContext, StoredFields } from "./formContext.ts";
import { judgeKey } from "./judgeKey.ts";
import { judgeLanguages } from "./judgeLanguages.ts";
import { judgeAccount, judgeContinuous, judgeRevision, judgeTesters } from "./judgeSending.ts";
import { judgeTexts } from "./judgeTexts.ts";
import { judgeMissedStart, judgeWindow } from "./judgeWindow.ts";
import { judgeZoom } from "./judgeZoom.ts";
import type { OrderFields, SleepingField } from "./orderFields.ts";
import { onlySleeping } from "./orderForm.ts";

/** The judgement of a form. */
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
  const key = judgeKey(fields, context);
  const languages = judgeLanguages(fields, context);
  const texts = judgeTexts(fields, context, languages.stored.languages, languages.parent);
  const account = judgeAccount(fields, context);
  const zoom = judgeZoom(fields, context);
  const regLink = judgeRegLink(fields, context);
  const testers = judgeTesters(fields, context);
  const continuous = judgeContinuous(fields, context);
  const window = judgeWindow(fields, continuous.stored.sendUntil, context);
  const missed = judgeMissedStart(fields);
  const revision = judgeRevision(fields);
  // In the order of the page: the first error is where the focus goes.
  const judged = joined([key, languages, texts, account, zoom, regLink, testers, continuous, window, missed, revision]);
  const stored: StoredFields = {
    ...fields,
    ...{ ...key.stored, ...languages.stored, ...texts.stored, ...zoom.stored, ...regLink.stored },
    ...{ ...testers.stored, ...continuous.stored, ...window.stored, ...missed.stored, ...revision.stored },
  };
  return { ...judged, parent: languages.parent, ...(isFree(judged.errors) && { stored }) };
}

type SleepingFields = Pick<StoredFields, SleepingField>;

/** The judge while Send sleeps: only the settings that may change then, whatever the others hold. */
export function judgeSleepingForm(fields: OrderFields, context: OrderFormContext): JudgedForm<SleepingFields> {
  const testers = judgeTesters(fields, context);
  const continuous = judgeContinuous(fields, context);
  const window = judgeWindow(fields, continuous.stored.sendUntil, context);
  const missed = judgeMissedStart(fields);
  const judged = joined([testers, continuous, window, missed]);
  const stored: SleepingFields = {
    ...{ ...onlySleeping(fields), ...testers.stored, ...continuous.stored },
    ...{ ...window.stored, ...missed.stored },
  };
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

/** Prepare asks for registration links only where the stage wants them. */
function judgeRegLink(fields: OrderFields, { event, stages }: OrderFormContext): Judged<"regLinkPresent"> {
  const asksForLinks = stages.find(({ name }) => name === fields.stage)?.requireRegLink === true;
  const regLinkPresent = asksForLinks && fields.regLinkPresent;
  const part = event && Object.hasOwn(event.subEvents, fields.subEvent) ? event.subEvents[fields.subEvent] : undefined;
  const isClosed = regLinkPresent && part?.regLinkAvailable === false;
  const notes: FieldSentences = isClosed
    ? {
        regLinkPresent: `Registration for ${fields.subEvent} is closed: Dry-Run, Test and Send refuse to run until it opens or this is switched off.`,
      }
    : {};
  return { errors: {}, notes, stored: { regLinkPresent } };
}
