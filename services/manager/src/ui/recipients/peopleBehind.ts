import { shownSkipReasons } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { reasonsOf } from "../../api/recipients.ts";
import type { ShownList } from "./listAddress.ts";

/**
 * The list with the people who are not mailed for a reason: those left out as things are now, or skipped by the last Send
 * though it had planned to mail them. Undefined for a reason that has no list.
 */
export function peopleBehind(language: string, reason: string): ShownList | undefined {
  if (reason === "failed-before") return { list: "send", language, status: "failed" };
  const known = shownSkipReasons.find((one) => one === reason);
  const list = (["left-out", "skipped"] as const).find((one) => known && reasonsOf[one].includes(known));
  return list && known && { list, language, reason: known };
}
