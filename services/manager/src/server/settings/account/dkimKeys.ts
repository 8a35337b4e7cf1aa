import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { accountSchema } from "@email-agent/shared/domain/account.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { accountFault } from "@email-agent/shared/domain/delivery/accountFault.ts";
import { dkimName, dkimRecordText } from "@email-agent/shared/domain/delivery/dkimRecord.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";
import type { Manager } from "../../manager.ts";
import { storeSecret } from "../storeSecret.ts";
import { changeAccount, noAccount } from "./changeAccount.ts";

export const makeKeySchema = z.strictObject({
  domain: z.string().trim().toLowerCase().min(1).max(253),
  selector: z.string().trim().toLowerCase().min(1).max(63),
  kind: z.enum(["rsa", "ed25519"]).default("rsa"),
});

export const useKeySchema = z.strictObject({
  /** Id of the check that saw the record. */
  request: z.string().optional(),
  /** Without one: the user knows that the record is published. */
  force: z.boolean().default(false),
});

type Ports = Pick<Manager, "configStore" | "clock" | "config" | "secretStore" | "accountRequests">;

const makePair = promisify(generateKeyPair);

/**
 * Makes a DKIM key for an account. It signs nothing yet: it waits as `dkimNext` until its record is in DNS. The private half
 * goes to the store of secrets, or into the account's item, and nowhere else. AppError `invalid-input`, `not-found`.
 */
export async function makeDkimKey(
  manager: Ports,
  user: User,
  name: string,
  { domain, selector, kind }: z.output<typeof makeKeySchema>,
): Promise<void> {
  const place = { domain, selector };
  const before = await manager.configStore.get("account", name);
  if (!before) throw noAccount(name);
  const fault = accountFault({ dkim: place }, manager.config);
  if (fault !== undefined) throw new AppError("invalid-input", `No key was made: ${fault}`);
  const active = accountSchema.safeParse({ ...before.fields, name }).data?.dkim;
  if (active?.selector === selector && active.domain === domain)
    throw new AppError(
      "invalid-input",
      `The selector ${selector} is that of the key in use: mails in the world are verified with it. Choose another one.`,
      { details: { fields: { selector: "Choose another one than that of the key in use." } } },
    );
  const { privateKey, publicKey } = await pair(kind);
  const text = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const secretArn = await storeSecret(manager, name, `dkim-${domain}-${selector}`, text);
  const madeAt = instant(manager.clock.now());
  const dkimNext = { ...place, madeAt, ...(secretArn ? { secretArn } : { privateKey: text }) };
  const record = { [dkimName(place)]: dkimRecordText(publicKey) };
  await changeAccount(manager, user, name, (fields) => ({
    ...fields,
    dkimNext,
    dkimRecords: { ...(fields["dkimRecords"] as Record<string, string> | undefined), ...record },
  }));
}

/** A check that is older says nothing of DNS now. */
const provenMilliseconds = 60 * 60_000;

/**
 * Signs with the new key from now on; runs that began before keep the old one. Needs a check that saw the record in DNS, or
 * `force`. AppError `conflict` without either, or without a new key.
 */
export async function useDkimKey(
  manager: Ports,
  user: User,
  name: string,
  { request, force }: z.output<typeof useKeySchema>,
): Promise<void> {
  const seen = request !== undefined && !force ? await manager.accountRequests.get(request) : undefined;
  const line = seen?.account === name ? seen.lines.find(({ id }) => id === "dkim-next") : undefined;
  const isRecent = seen !== undefined && manager.clock.now() - epochMilliseconds(seen.at) < provenMilliseconds;
  await changeAccount(manager, user, name, ({ dkimNext, ...fields }) => {
    const next = accountSchema.shape.dkimNext.safeParse(dkimNext).data;
    if (!next) throw new AppError("conflict", `The account ${name} has no new key. Make one first.`);
    const { madeAt, ...dkim } = next;
    const isOfThisKey =
      seen !== undefined && epochMilliseconds(seen.at) >= (madeAt ? epochMilliseconds(madeAt) : 0) && isRecent;
    if (!force && !(isOfThisKey && line?.verdict === "pass" && line.text.includes(dkimName(dkim))))
      throw new AppError(
        "conflict",
        `No check has seen the record ${dkimName(dkim)} in DNS yet. Publish it, run Check, then use the key; or use it all the same.`,
      );
    return { ...fields, dkim };
  });
}

/** Forgets the new key. AppError `conflict` if there is none. */
export async function discardDkimKey(manager: Ports, user: User, name: string): Promise<void> {
  await changeAccount(manager, user, name, ({ dkimNext, ...fields }) => {
    if (dkimNext === undefined) throw new AppError("conflict", `The account ${name} has no new key.`);
    return fields;
  });
}

/** RFC 8301 3.2 asks for 2,048 bits. */
function pair(kind: "rsa" | "ed25519"): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  return kind === "rsa" ? makePair("rsa", { modulusLength: 2048 }) : makePair("ed25519", {});
}
