import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import type { OrderReturned } from "../../api/recipients.ts";
import type { Manager } from "../manager.ts";

/** What came back of a mailing, per language: one read each, however many people it has. */
export async function readReturned(
  { bounces }: Pick<Manager, "bounces">,
  mailing: OrderMailing,
): Promise<OrderReturned> {
  const languages = mailing.languages.map(async (language) => {
    const { hard, soft, complained } = await bounces.counts(mailingKey(mailing, language));
    return { language, "bounced-hard": hard, "bounced-soft": soft, complained };
  });
  return { languages: await Promise.all(languages) };
}
