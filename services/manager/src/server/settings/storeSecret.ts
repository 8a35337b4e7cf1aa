import { ulid } from "ulid";
import type { Manager } from "../manager.ts";

/** What a secret of an account is: its SMTP password, that of its bounce mailbox, or the private DKIM key of a selector. */
type AccountSecret = "password" | "bounce-mailbox" | `dkim-${string}`;

/**
 * Stores a secret of an account where secrets of this installation are kept: in Secrets Manager if `SECRETS_PREFIX` is set, then
 * returns the ARN for the account's `secretArn` (or that of `bounceMailbox` or `dkim`); otherwise undefined, and the caller writes the text into the
 * account's item in Config. The text never goes anywhere else: not back to a browser, not into a log or Audit.
 *
 * Each call makes a secret of its own, `<account>/password-<ulid>`: only the item decides which one counts, so a save that comes
 * too late changes nothing for running Sends. Earlier secrets are left, for Sends that began before still read them.
 *
 * AppError `dependency` or `configuration`.
 */
export async function storeSecret(
  { secretStore, clock }: Pick<Manager, "secretStore" | "clock">,
  account: string,
  kind: AccountSecret,
  text: string,
): Promise<string | undefined> {
  if (!secretStore.isUsed) return undefined;
  return secretStore.create(`${nameIn(account)}/${nameIn(kind)}-${ulid(clock.now())}`, text);
}

/** Names in Secrets Manager hold letters, digits and /_+=.@- only; the other characters become their bytes, as `=C3=BC`. */
function nameIn(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*~%]/g, (sign) =>
    sign === "%" ? "=" : `=${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
