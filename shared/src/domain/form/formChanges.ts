import { sameContent } from "../lifecycle/invalidation.ts";
import type { WorkOrder } from "../workOrder.ts";
import type { StoredFields } from "./formContext.ts";
import { textOf } from "./judgeTexts.ts";
import { isTextsField, type OrderField, type OrderFields, orderSettings } from "./orderFields.ts";
import { fieldsOf } from "./orderForm.ts";

/**
 * What a save changes of the order: only fields that really differ, so that nothing else is written. A key with value
 * `undefined` removes the field. Texts of languages that are not enabled stay, for the day they are enabled again.
 */
export function changesOf(order: WorkOrder, stored: Partial<StoredFields>): Partial<WorkOrder> {
  const languages = stored.languages ?? order.languages;
  const changes = orderSettings
    .filter((name) => name in stored)
    .flatMap((name): [string, unknown][] => {
      if (isTextsField(name)) {
        const texts = stored[name] ?? {};
        const isSame = languages.every((code) => textOf(order[name], code) === textOf(texts, code));
        return isSame ? [] : [[name, { ...without(order[name], languages), ...texts }]];
      }
      return sameContent(order[name], stored[name]) ? [] : [[name, stored[name]]];
    });
  return Object.fromEntries(changes) as Partial<WorkOrder>;
}

/** The fields of a patch that differ from what the form of the order shows. */
export function changedFields(order: WorkOrder, patch: Partial<OrderFields>): OrderField[] {
  const before = fieldsOf(order);
  return (Object.keys(patch) as OrderField[]).filter((name) => !sameContent(before[name], patch[name]));
}

function without(texts: Readonly<Record<string, string>>, codes: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([code]) => !codes.includes(code)));
}
