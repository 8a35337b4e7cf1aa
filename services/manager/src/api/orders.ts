// Over HTTP: work orders: list, form, options, edit lease.
import type { InheritedField, OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";

/** A work order as the browser knows it: without command and lease token. */
export type Order = OrderSnapshot;

/** `findings` of a step in a list: how many of its `details` are errors, and how many warnings. */
export interface FindingNumbers {
  readonly error: number;
  readonly warning: number;
}

/** `GET /api/work-orders`. In place of the `details` of a step it has their numbers as `findings`; a single order has them. */
export interface OrderList {
  readonly orders: readonly Order[];
  /** Items of the table that do not fit the schema and are not shown. */
  readonly unreadable: number;
}

/** A tester to choose. `typedFor`: the event whose orders the address was typed for; it is offered to those only. */
export interface OfferedTester {
  readonly id: string;
  readonly label: string;
  readonly typedFor?: string;
}

/** `GET /api/options`: what there is to choose from. Never credentials. */
export interface Options {
  readonly events: readonly {
    readonly code: string;
    readonly name: string;
    readonly inPerson: boolean;
    readonly subEvents: readonly string[];
  }[];
  /** In their order in the life of an event. */
  readonly stages: readonly {
    readonly name: string;
    readonly description: string;
    readonly parentStages: readonly string[];
    readonly confirmation: boolean;
    readonly requireRegLink: boolean;
    /** Language code → subject prefix. */
    readonly prefix: Readonly<Record<string, string>>;
  }[];
  readonly languages: readonly { readonly code: string; readonly name: string; readonly everyone: boolean }[];
  readonly accounts: readonly {
    readonly name: string;
    /** Codes of the only events that may use it; absent: every event may. */
    readonly events?: readonly string[];
    readonly fromName: string;
    readonly fromAddress: string;
    readonly ratePerSecond: number;
    readonly quotaPer24h: number;
  }[];
  readonly testers: readonly OfferedTester[];
  /** User id → name, for all who have access. */
  readonly userNames: Readonly<Record<string, string>>;
  readonly timeZone: string;
  /** The preview text of orders that set none; may be blank. */
  readonly defaultPreviewText: string;
}

/** What a save sets back to ready. `details.resets` of a 409 with `details.reason` `resets` has it, too. */
export interface Resets {
  readonly steps: readonly { readonly name: string; readonly status: string; readonly why: string }[];
  /** Published content is dropped: Prepare must run again before anything is mailed. */
  readonly clearsPrepared: boolean;
  /** A step is neither ready nor complete: the save must say `confirmReset`. */
  readonly needsConfirmation: boolean;
  /** Fields of the order that change. */
  readonly changed: readonly string[];
}

/** `POST /api/work-orders/check`: the form so far, by the rules of a save. */
export interface OrderCheck {
  /** Field (`stage`, `subjects.EN`) → what is wrong and what repairs it; empty if it can be saved. */
  readonly fields: Readonly<Record<string, string>>;
  /** Field → what is good to know. */
  readonly notes: Readonly<Record<string, string>>;
  /** The parent order, from which languages, subjects and preview texts come. */
  readonly inherited?: { readonly orderId: string; readonly stage: string } & Pick<OrderFields, InheritedField>;
  /** For an order that exists, and only if it can be saved. */
  readonly resets?: Resets;
}

/** `POST` and `PUT …/edit-lease`: the right to edit until `expiresAt`; `token` goes with every save. */
export interface EditLease {
  readonly token: string;
  readonly expiresAt: string;
  readonly order: Order;
}

/** Who has the form open (`details.holder` of a 409). */
export interface LeaseHolder {
  readonly name: string;
  /** The same user in another window. */
  readonly isYou: boolean;
  readonly expiresAt: string;
}
