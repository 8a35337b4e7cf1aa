import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { causeSchema, hasCause } from "@email-agent/shared/domain/delivery/deliveryCause.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { recipientSearch } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import { type DoubtFilter, mostClaims } from "../../api/doubts.ts";
import { longestRecipientSearch } from "../../api/recipients.ts";
import type { Manager } from "../manager.ts";

const language = z.string().max(20);
const id = z.string().min(1).max(300);

export const doubtFilter = z.object({
  language: language.optional(),
  q: z.string().max(longestRecipientSearch).optional(),
  cause: causeSchema.optional(),
}) satisfies z.ZodType<DoubtFilter>;

export const doubtClaims = z
  .array(z.object({ language, participantId: id, claimId: id }))
  .min(1)
  .max(mostClaims);

/** Mails of one language, as they are now, with the claim the user saw. */
export interface ChosenDoubts {
  readonly language: string;
  readonly doubts: readonly { readonly participantId: string; readonly claimId: string; readonly now?: Delivery }[];
}

const atOnce = 100;

/** Mails of a selection, a hundred at a time. */
export async function* selectedDoubts(
  { deliveries }: Pick<Manager, "deliveries">,
  mailing: OrderMailing,
  claims: z.output<typeof doubtClaims>,
): AsyncGenerator<ChosenDoubts> {
  for (const code of mailing.languages) {
    const byId = new Map(
      claims.filter(({ language }) => language === code).map((claim) => [claim.participantId, claim]),
    );
    const ids = [...byId.keys()];
    for (let from = 0; from < ids.length; from += atOnce) {
      const some = ids.slice(from, from + atOnce);
      const now = await deliveries.getMany(mailingKey(mailing, code), some);
      const doubts = some.map((participantId) => {
        const delivery = now.get(participantId);
        return { participantId, claimId: byId.get(participantId)?.claimId ?? "", ...(delivery && { now: delivery }) };
      });
      yield { language: code, doubts };
    }
  }
}

/** Mails that need attention and fit a filter, those that ended last first. */
export async function* fittingDeliveries(
  { deliveries }: Pick<Manager, "deliveries">,
  user: Pick<User, "showAddresses">,
  mailing: OrderMailing,
  status: "in-doubt" | "failed",
  filter: DoubtFilter,
  signal: AbortSignal,
): AsyncGenerator<{ readonly language: string; readonly found: readonly Delivery[] }> {
  const { language: asked, q = "", cause } = filter;
  const text = q.trim();
  const accepts = text === "" ? undefined : recipientSearch(text, user.showAddresses ? "part" : "whole");
  for (const code of asked === undefined ? mailing.languages : [asked]) {
    const pages = deliveries.needingAttention(mailingKey(mailing, code), status, { limit: atOnce, signal });
    for await (const { items } of pages) {
      const found = items
        .map(({ delivery }) => delivery)
        .filter((delivery) => (!accepts || accepts(delivery)) && (!cause || hasCause(delivery, cause)));
      yield { language: code, found };
    }
  }
}

/** AppError `invalid-input` for a language the mailing does not have. */
export function refuseUnknownLanguage(mailing: OrderMailing, code: string): void {
  if (!mailing.languages.includes(code))
    throw new AppError(
      "invalid-input",
      `The mailing has no language "${code}". Choose one of ${mailing.languages.join(", ")}.`,
    );
}
