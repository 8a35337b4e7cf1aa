import type { Documents } from "@email-agent/shared/adapters/documents.ts";
import { readItem } from "@email-agent/shared/adapters/items.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { Stage } from "@email-agent/shared/domain/configItems.ts";
import { preparedContentSchema, sidecarKey } from "@email-agent/shared/domain/content/preparedContent.ts";
import { isParentOf } from "@email-agent/shared/domain/parentOrder.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Content, FoundContent } from "./content.ts";

export interface ParentContentPorts {
  readonly orders: Pick<WorkOrderStore, "get">;
  readonly documents: Pick<Documents, "getText">;
}

/**
 * The content the parent order has published, by its hashes; undefined for an order without parent, and where the
 * parent has published nothing yet.
 *
 * @throws AppError `configuration` if the parent is gone, was moved elsewhere, or lacks a language.
 */
export async function parentContent(
  ports: ParentContentPorts,
  order: WorkOrder,
  { parentStages }: Pick<Stage, "parentStages">,
  signal: AbortSignal,
): Promise<FoundContent | undefined> {
  if (order.parentOrderId === undefined) return undefined;
  const parent = await ports.orders.get(order.parentOrderId);
  if (!parent)
    throw new AppError(
      "configuration",
      `The parent order ${order.parentOrderId} no longer exists: save the order again to choose another.`,
    );
  if (!isParentOf(parent, order, parentStages))
    throw new AppError(
      "configuration",
      `The parent order ${parent.id} was moved to another event, sub-event or stage: save the order again to choose another.`,
    );
  if (Object.keys(parent.prepared).length === 0) return undefined;
  const missing = order.languages.filter((language) => !Object.hasOwn(parent.prepared, language));
  if (missing.length > 0)
    throw new AppError(
      "configuration",
      `The parent order ${parent.id} has no prepared content in ${missing.join(", ")}: prepare it in these languages first.`,
    );
  const contents: Content[] = [];
  for (const language of order.languages) {
    signal.throwIfAborted();
    const { s3Key } = parent.prepared[language]!;
    const html = await ports.documents.getText(s3Key, signal);
    const sidecar = sidecarKey(s3Key);
    const stored = jsonOf(await ports.documents.getText(sidecar, signal));
    const { template, audience } = readItem("prepared content", sidecar, preparedContentSchema, stored);
    contents.push({ language, html, template, source: { from: "parent", template }, ...(audience && { audience }) });
  }
  return {
    contents,
    remarks: [`The content comes from the parent order ${parent.id} (${parent.stage}).`],
  };
}

/** Undefined for text that is not JSON: no schema accepts that, and the schema's error names the object. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
