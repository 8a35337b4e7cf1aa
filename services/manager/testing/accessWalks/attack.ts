import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";

/** What the attacker knows: ids of orders, of an import and of people, and cursors of lists. */
export interface Attack {
  readonly own: WorkOrder;
  readonly foreign: WorkOrder;
  /** It was the other event's, and was moved to the one of the user. */
  readonly moved: WorkOrder;
  /** An import that concerns the other event's people. */
  readonly importId: string;
  /** Cursors of the other event's lists, as its own user gets them. */
  readonly cursors: readonly string[];
}

/** A request of the attacker: the parts of its address, its query and its body. */
export interface Asked {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

/** The requests to one method of a route. */
export type Walk = (attack: Attack) => readonly Asked[];

/** Route → method → requests. Every route of `src/app` is in one of the files of this folder, by its feature. */
export type Walks = Readonly<Record<string, Readonly<Record<string, Walk>>>>;

/** When what is there was written. */
export const at = "2026-03-01T08:00:00.000Z";

const theirNames = ["Quillfeather7", "Xaviera7 Quillfeather7", "quillfeather7@theirs.example", "fp-7", "fp-broken"];
/** Texts that find people of the other event for a user who may see them. */
export const searches = [
  ...theirNames,
  ...["xa", "qu", "quill", "xaviera", "theirs", "quillfeather7@", "fp", "fp-", "zanzibar"],
];
/** People of the other event. */
export const foreignIds = ["fp-7", "fp-8", "fp-broken"];
export const bothEvents = ["E2026", "F2026"];

/** What the routes that change a person take, together. */
export const changeOf = (id: string) => ({ address: "spy@spy.example", seen: at, confirm: id, reason: "spying" });

/** The same requests to each of the orders. */
export const eachOrder =
  (asked: (id: string, attack: Attack) => readonly Asked[]): Walk =>
  (attack) =>
    [attack.own, attack.foreign, attack.moved].flatMap(({ id }) => asked(id, attack));
