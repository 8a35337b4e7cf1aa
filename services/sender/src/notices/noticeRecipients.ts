import { hash } from "node:crypto";
import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import type { NoticeRequest } from "@email-agent/shared/domain/notices/notice.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import type { Settings } from "@email-agent/shared/domain/settings.ts";
import { dispositionOf } from "@email-agent/shared/kit/errors.ts";

/** Who gets a notice. `key` names them in tables and logs, without their address. */
export interface NoticeRecipient {
  readonly key: string;
  readonly name: string;
  readonly address: string;
  /** Why they get it, in a sentence. */
  readonly why: string;
}

const starterWhy =
  "You get this mail because you started this Send. The menu with your name in the Email Manager switches such mails off.";
const settingWhy =
  "You get this mail because your address is in the settings of the Email Manager, Notices. An administrator can remove it there.";

/**
 * The users of the notices who may see the event now, have an address and did not switch notices off, then the addresses of
 * the settings; each address once.
 */
export async function noticeRecipients(
  config: Pick<ConfigTable, "user">,
  notices: readonly Pick<NoticeRequest, "users" | "eventCode">[],
  { addresses }: Settings["notices"],
): Promise<NoticeRecipient[]> {
  const recipients = new Map<string, NoticeRecipient>();
  const add = (recipient: Omit<NoticeRecipient, "address">, given: string | undefined) => {
    const address = mailAddress(given);
    if (address === undefined || recipients.has(address.toLowerCase())) return;
    recipients.set(address.toLowerCase(), { ...recipient, address });
  };
  const eventCode = notices[0]?.eventCode ?? "";
  for (const id of new Set(notices.flatMap(({ users }) => users))) {
    const user = await readable(config, id);
    if (!user || user.noticesOff || !maySee(user, eventCode)) continue;
    add({ key: `user:${id}`, name: user.name, why: starterWhy }, user.noticeAddress);
  }
  for (const address of addresses) {
    const key = `address:${hash("sha256", address.trim().toLowerCase()).slice(0, 16)}`;
    add({ key, name: "", why: settingWhy }, address);
  }
  return [...recipients.values()];
}

/** A user whose item cannot be read has no rights. */
async function readable(config: Pick<ConfigTable, "user">, id: string): Promise<User | undefined> {
  try {
    return await config.user(id);
  } catch (error) {
    if (dispositionOf(error) !== "reject") throw error;
    return undefined;
  }
}
