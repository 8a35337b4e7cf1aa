import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { OwnNotices } from "../../api/notices.ts";
import type { Manager } from "../manager.ts";
import type { Identity } from "../signIn/oidcClient.ts";

type Ports = Pick<Manager, "configStore" | "clock">;

/** See OwnNotices. */
export const ownNoticesSchema = z.strictObject({ byMail: z.boolean() });

/** Whether a user gets notices of own Sends by mail, and where. */
export function ownNotices({ noticeAddress, noticesOff }: User): OwnNotices {
  return { byMail: !noticesOff, ...(noticeAddress !== undefined && { address: noticeAddress }) };
}

/** Switches a user's own notices by mail. AppError `conflict` if an administrator changes the user at the same moment. */
export async function switchNotices(ports: Ports, user: User, byMail: boolean): Promise<OwnNotices> {
  const changed = await changeUser(ports, user.id, ({ noticesOff: _, ...fields }) =>
    byMail ? fields : { ...fields, noticesOff: true },
  );
  if (!changed) throw new AppError("conflict", "Your user was changed at the same moment. Try again.");
  return ownNotices({ ...user, noticesOff: !byMail });
}

/**
 * A user without an address for notices gets the verified one of the sign-in. It never keeps a sign-in from succeeding: the next
 * one tries again.
 */
export async function keepNoticeAddress(
  ports: Ports & Pick<Manager, "log">,
  { userId, email, isEmailVerified }: Identity,
): Promise<void> {
  const noticeAddress = mailAddress(email);
  if (noticeAddress === undefined || !isEmailVerified) return;
  try {
    await changeUser(ports, userId, (fields) =>
      fields["noticeAddress"] === undefined ? { ...fields, noticeAddress } : undefined,
    );
  } catch (error) {
    ports.log.warn({ error, userId }, "the address for notices of a user could not be kept");
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** True if the user has what `change` returns; it returns undefined where nothing is to change. */
async function changeUser(
  { configStore, clock }: Ports,
  userId: string,
  change: (fields: Fields) => Fields | undefined,
): Promise<boolean> {
  const before = await configStore.get("user", userId);
  const after = before && change(before.fields);
  if (!after) return before !== undefined;
  const now = clock.now();
  return configStore.change({ kind: "user", key: userId, before, after, by: userId, now, id: ulid(now) });
}
