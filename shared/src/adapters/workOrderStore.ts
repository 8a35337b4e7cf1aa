import type { OrderWrite } from "../domain/orderWrite.ts";
import type { WorkOrder } from "../domain/workOrder.ts";
import type { AuditLine } from "./audit.ts";

/** What accompanies a write. */
export interface WriteOptions {
  /** A heartbeat moves `runCheckAt` only: it raises `version` but leaves `updatedAt` and publishes nothing. */
  readonly heartbeat?: boolean;
  /** False leaves the event out (progress beyond the allowed rate). Default true. */
  readonly publish?: boolean;
  /** User id for `updatedBy`; workers leave it out. */
  readonly updatedBy?: string;
  /** Written with the order in one transaction: the line of a terminal status. */
  readonly audit?: AuditLine;
}

/**
 * The one writer of work orders. Every method that writes is one conditional write, raises `version` and publishes the
 * state the write produced; a failed publish is logged and counted and never fails the write.
 */
export interface WorkOrderStore {
  /** Consistent read. Undefined if there is none; AppError `bad-item` naming table, key and field if it does not fit. */
  get(id: string): Promise<WorkOrder | undefined>;
  /** Puts the order and its uniqueness marker in one transaction; AppError `conflict` naming the order that holds the key. */
  create(order: Omit<WorkOrder, "version" | "createdAt" | "updatedAt">): Promise<WorkOrder>;
  /** One conditional write. The new state, or undefined if a condition (or existence) refused it. */
  write(id: string, write: OrderWrite, options?: WriteOptions): Promise<WorkOrder | undefined>;
  /**
   * A write that also moves the order to another event, sub-event or stage: the write, the old marker's deletion and
   * the new marker in one transaction. AppError `conflict` if the new key is taken; undefined if a condition refused it.
   */
  rekey(before: WorkOrder, write: OrderWrite, options?: WriteOptions): Promise<WorkOrder | undefined>;
  /** Deletes order and marker in one transaction, conditional on `version`; publishes `work-order.deleted`. False if refused. */
  remove(order: WorkOrder): Promise<boolean>;
  /** All orders, page by page, without markers. */
  list(): AsyncIterable<WorkOrder>;
  /** Ids from the index `byRunState` whose `runCheckAt` is at or before `until`. Hints: re-read each consistently. */
  runsToCheck(state: "working" | "sleeping", until: string): AsyncIterable<string>;
  /** Ids from the index `byPendingCommand` whose `pendingCommandAt` is at or before `until`. */
  pendingCommands(until: string): AsyncIterable<string>;
}
