import type { User } from "@email-agent/shared/domain/configItems.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { AccountReport } from "../../../api/account.ts";
import type { Manager } from "../../manager.ts";
import { noAccount } from "./changeAccount.ts";

/** See AskSendersBody. */
export const askSendersSchema = z.strictObject({
  kind: z.enum(["check", "trial", "state"]),
  to: z.string().max(320).optional(),
});

type Ports = Pick<Manager, "accountRequests" | "configStore" | "audit" | "clock" | "trialRate">;

/**
 * Asks the senders to check an account, to send a trial mail with it, or to say whether it is paused. Returns the id under
 * which the result comes. AppError `not-found`, `invalid-input`, `too-many-requests`.
 */
export async function askSenders(
  { accountRequests, configStore, audit, clock, trialRate }: Ports,
  user: User,
  name: string,
  { kind, to }: z.output<typeof askSendersSchema>,
): Promise<{ id: string }> {
  const address = mailAddress(to);
  if (kind === "trial" && address === undefined)
    throw new AppError("invalid-input", "Enter a mail address, as office@example.org.", {
      details: { fields: { to: "Enter a mail address, as office@example.org." } },
    });
  if (!(await configStore.get("account", name))) throw noAccount(name);
  if (kind !== "state") trialRate.take(user.id);
  const now = clock.now();
  const id = ulid(now);
  // The line first: what was asked and not written down is worse than the other way round.
  if (kind !== "state")
    await audit.put(
      userLine({ workOrderId: "config", by: user.id, what: "tried account", data: { account: name, kind } }, id, now),
    );
  const request = { sk: id, kind, account: name, by: user.id, ...(kind === "trial" && address && { to: address }) };
  await accountRequests.put(request, now);
  return { id };
}

/** What the senders have found so far. AppError `not-found`. */
export async function readReport(
  { accountRequests }: Pick<Manager, "accountRequests">,
  name: string,
  id: string,
): Promise<AccountReport> {
  const request = z.ulid().safeParse(id).success ? await accountRequests.get(id) : undefined;
  if (request?.account !== name) throw new AppError("not-found", "This result is gone after a day. Ask again.");
  const { kind, at, status, lines, pause } = request;
  return { id, kind, at, status, lines, ...(pause && { pause }) };
}
