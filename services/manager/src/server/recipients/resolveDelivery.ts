import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import {
  judgeResolution,
  type ResolutionVerdict,
  resolvedStatus,
} from "@email-agent/shared/domain/delivery/resolution.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { ResolveBody } from "../../api/recipients.ts";
import { recountSend } from "../doubts/recountSend.ts";
import type { Manager } from "../manager.ts";
import { askedMailing } from "./askedList.ts";
import { fromDelivery, type Recipient, shownTo } from "./recipient.ts";

export const resolveBody = z.object({
  language: z.string(),
  claimId: z.string().min(1),
  received: z.boolean(),
  mailing: z.string().optional(),
}) satisfies z.ZodType<ResolveBody>;

const longestId = 300;

/**
 * A user says of a mail in doubt that it was received (it becomes sent) or was not (deferred: the next run mails it).
 * Returns the person as the list then shows them. Refused: AppError `not-found`, or `conflict` with `details.reason`
 * `too-early` (and `resolvableAt`), `settled` or `changed`.
 */
export async function resolveDelivery(
  ports: Pick<Manager, "orders" | "deliveries" | "audit" | "clock" | "log">,
  user: Pick<User, "id" | "showAddresses" | "eventAccess">,
  order: WorkOrder,
  participantId: string,
  { language, claimId, received, mailing: name }: ResolveBody,
): Promise<Recipient> {
  const mailing = askedMailing(order, user, name);
  if (!mailing.languages.includes(language))
    throw new AppError("invalid-input", `The mailing has no language "${language}".`);
  const partition = mailingKey(mailing, language);
  const now = ports.clock.now();
  // DynamoDB refuses a key of more than 1024 bytes instead of finding nothing.
  const before = participantId.length <= longestId ? await ports.deliveries.get(partition, participantId) : undefined;
  const judged = judgeResolution(before, claimId, now);
  if (judged.verdict === "refused") throw refusal(judged);
  const status = resolvedStatus(received);
  const at = instant(now);
  const resolved = await ports.deliveries.resolve(partition, { participantId, claimId, status, by: user.id, at });
  if (!resolved) throw refusal(await whyRefused(ports, partition, participantId, claimId));
  const of = mailing.isCurrent ? {} : { mailing: mailing.name };
  const data = { participantId, language, ...of, status, claimId, runId: resolved.runId };
  await ports.audit.put(userLine({ workOrderId: order.id, by: user.id, what: "resolved", data }, ulid(now), now));
  ports.log.info({ workOrderId: order.id, participantId, status, by: user.id }, "a mail in doubt was resolved");
  if (mailing.isCurrent) await recountSend(ports, order.id);
  return shownTo(user, fromDelivery(resolved, true));
}

type Refused = Extract<ResolutionVerdict, { verdict: "refused" }>;

/** Another write came between the read and this one. */
async function whyRefused(
  { deliveries, clock }: Pick<Manager, "deliveries" | "clock">,
  partition: string,
  participantId: string,
  claimId: string,
): Promise<Refused> {
  const judged = judgeResolution(await deliveries.get(partition, participantId), claimId, clock.now());
  return judged.verdict === "refused" ? judged : { verdict: "refused", why: "changed" };
}

function refusal(refused: Refused): AppError {
  switch (refused.why) {
    case "none":
      return new AppError("not-found", "This person was never mailed in this language. Open the list again.");
    case "too-early": {
      const resolvableAt = instant(refused.at);
      const message =
        "The mail server's reply may still arrive. A mail can be resolved 15 minutes after it was started.";
      return new AppError("conflict", message, { details: { reason: refused.why, resolvableAt } });
    }
    case "settled":
      return new AppError("conflict", "This mail is no longer in doubt: it was resolved, or the reply has come.", {
        details: { reason: refused.why },
      });
    case "changed":
      return new AppError(
        "conflict",
        "This mail was tried again in the meantime. Open the list again and check its evidence.",
        {
          details: { reason: refused.why },
        },
      );
  }
}
