import type { WorkOrder } from "../workOrder.ts";

/**
 * A time as it was entered: `local` is `2026-11-25T18:00`, `zone` an IANA name. An instant (`…Z`) is what the order has
 * already.
 */
type EnteredTime = string | { readonly local: string; readonly zone: string };

/** The form of an order as a browser sends it. Texts may be blank, lists empty: the judge (judgeForm.ts) says what lacks. */
export interface OrderFields {
  readonly eventCode: string;
  readonly subEvent: string;
  readonly stage: string;
  /** Codes in the order of processing. */
  readonly languages: readonly string[];
  /** Language → text. */
  readonly subjects: Readonly<Record<string, string>>;
  readonly previewTexts: Readonly<Record<string, string>>;
  /** An id or a pasted link. */
  readonly zoomId: string;
  readonly account: string;
  /** Participant ids. */
  readonly testers: readonly string[];
  readonly salutationByName: boolean;
  readonly regLinkPresent: boolean;
  readonly sendContinuously: boolean;
  readonly sendUntil: EnteredTime | null;
  /** Seconds. */
  readonly sendInterval: number;
  readonly revision: number | null;
}

export type OrderField = keyof OrderFields;

/** The form of an order that is not there yet. */
export const emptyForm: OrderFields = Object.freeze({
  eventCode: "",
  subEvent: "",
  stage: "",
  languages: [],
  subjects: {},
  previewTexts: {},
  zoomId: "",
  account: "",
  testers: [],
  salutationByName: true,
  regLinkPresent: true,
  sendContinuously: false,
  sendUntil: null,
  sendInterval: 3600,
  revision: null,
});

type Editable = Pick<WorkOrder, Exclude<OrderField, "zoomId">> & Pick<WorkOrder, "zoomId" | "zoomLink">;

/** What the form of an order shows: the fields as they are stored. */
export function fieldsOf(order: Editable): OrderFields {
  return {
    eventCode: order.eventCode,
    subEvent: order.subEvent,
    stage: order.stage,
    languages: order.languages,
    subjects: order.subjects,
    previewTexts: order.previewTexts,
    zoomId: order.zoomLink ?? order.zoomId ?? "",
    account: order.account,
    testers: order.testers,
    salutationByName: order.salutationByName,
    regLinkPresent: order.regLinkPresent,
    sendContinuously: order.sendContinuously,
    sendUntil: order.sendUntil ?? null,
    sendInterval: order.sendInterval,
    revision: order.revision ?? null,
  };
}

/**
 * The form of an order after a patch. A stage that wants registration links wants them by default, so the switch is on
 * again where only the stage changes.
 */
export function patchedFields(order: Editable, patch: Partial<OrderFields>): OrderFields {
  const before = fieldsOf(order);
  const staysInStage = patch.stage === undefined || patch.stage === order.stage;
  return { ...before, ...(!staysInStage && { regLinkPresent: true }), ...patch };
}

/** What a field of an order is called in sentences: "Reset because subjects changed." */
export const orderFieldTitles: Readonly<Record<string, string>> = {
  eventCode: "event",
  subEvent: "sub-event",
  stage: "stage",
  languages: "languages",
  subjects: "subjects",
  previewTexts: "preview lines",
  zoomId: "Zoom ID",
  zoomLink: "Zoom link",
  inPerson: "in-person setting of the event",
  account: "account",
  testers: "testers",
  salutationByName: "salutation by name",
  regLinkPresent: "registration link",
  sendContinuously: "continuous sending",
  sendUntil: "send until",
  sendInterval: "interval",
  revision: "revision",
  parentOrderId: "parent order",
};
