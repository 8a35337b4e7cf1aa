"use client";
import useSWR from "swr";
import type { MailCauses } from "../../api/doubts.ts";
import { call } from "../http.ts";

/** Why mails of a status are there; read anew with each count of the ledger. */
export function useCauses(
  orderId: string,
  status: "failed" | "in-doubt",
  mailing: string | undefined,
  countedAt: string,
) {
  const path = `/api/work-orders/${orderId}/causes?status=${status}${mailing ? `&mailing=${mailing}` : ""}`;
  return useSWR<MailCauses>([path, countedAt], ([asked]: readonly [string, string]) => call<MailCauses>("GET", asked), {
    revalidateOnFocus: false,
  });
}

/** True for what is read anew once mails in doubt of the order have changed. */
export function isOfDoubts(key: unknown, orderId: string): boolean {
  if (typeof key === "string") return key.startsWith(`/api/work-orders/${orderId}/doubts/`);
  return Array.isArray(key) && key[0] === "reconciliation" && key[1] === orderId;
}
