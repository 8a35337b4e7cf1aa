// What the pages and the server say to each other over HTTP: types only, for both sides.
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { Action } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderSnapshot } from "@email-agent/shared/messages/statusEvent.ts";

/** A work order as the browser knows it: without command and lease token. */
export type Order = OrderSnapshot;

/** `{error: Failure}` comes with every status from 400 on. */
export interface Failure {
  /** A code of the error catalogue, or `unexpected`. */
  readonly code: string;
  /** One sentence: what is wrong and what repairs it. */
  readonly message: string;
  /** Field name → sentence. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** `GET /api/work-orders`. `details` of steps are left out; a single order has them. */
export interface OrderList {
  readonly orders: readonly Order[];
  /** Items of the table that do not fit the schema and are not shown. */
  readonly unreadable: number;
}

/** Who is signed in, as pages know it. */
export interface Viewer {
  readonly id: string;
  readonly name: string;
  readonly role: "read" | "write";
  readonly showAddresses: boolean;
  readonly exportCsv: boolean;
}

/** What every page shows around its content. `links`: further pages, as the local stack's inbox. */
export interface ShellFacts {
  readonly viewer: Viewer;
  readonly version: string;
  readonly links: readonly { readonly name: string; readonly address: string }[];
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
    readonly fromName: string;
    readonly fromAddress: string;
    readonly ratePerSecond: number;
    readonly quotaPer24h: number;
  }[];
  readonly testers: readonly { readonly id: string; readonly label: string }[];
  readonly timeZone: string;
}

// --- Commands and the live connection ---

/** `POST /api/work-orders/{id}/commands`. */
export interface CommandBody {
  /** A ULID made by the browser. */
  readonly commandId: string;
  readonly step: StepName;
  readonly action: Action;
  /** The number of recipients the user typed, for a Send above the configured size. */
  readonly confirmRecipients?: number;
}

/** Its answer, with 202: the command waits for its judgement, which comes over the WebSocket. */
export interface CommandTaken {
  readonly commandId: string;
  /** Of the order once the command was written. */
  readonly version: number;
}

/** `POST /api/realtime/ticket`: `<url>?ticket=<ticket>` opens the WebSocket, once, within 60 s. */
export interface RealtimeAccess {
  readonly url: string;
  readonly ticket: string;
}
