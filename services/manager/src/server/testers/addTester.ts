import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { testerAt } from "@email-agent/shared/domain/recipients/tester.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import type { OfferedTester } from "../../api/orders.ts";
import type { Manager } from "../manager.ts";
import { unfit } from "../orders/refusals.ts";
import { shownTester } from "./shownTester.ts";

/** `POST /api/testers`: an address typed in the form of an order of this event. */
export const testerBodySchema = z.strictObject({ eventCode: z.string().min(1).max(200), email: z.string().max(1000) });

type Ports = Pick<Manager, "configTable" | "configStore" | "events" | "clock" | "testerRate">;

/**
 * Makes a tester of an address: an item of Config with an id of its own, for orders are published and carry no address. An
 * address that is a tester already, here or of the same event, is not added again. Throws AppError `invalid-input` for what
 * is no address, `not-found` for an event the user may not see, `too-many-requests`.
 */
export async function addTester(
  ports: Ports,
  user: User,
  { eventCode, email: typed }: z.output<typeof testerBodySchema>,
): Promise<OfferedTester> {
  const event = maySee(user, eventCode) ? await ports.events.get(eventCode) : undefined;
  if (!event)
    throw new AppError("not-found", "There is no such event, or you have no access to it. Choose another one.");
  const email = mailAddress(typed);
  if (email === undefined)
    throw unfit({ testers: "This is not a mail address: write it as ana@example.org, one address at a time." });
  const known = testerAt(await ports.configTable.testers(), email, eventCode);
  if (known) return shownTester(known, user);
  ports.testerRate.take(user.id);
  const now = ports.clock.now();
  const id = `t-${ulid(now)}`;
  const tester = { label: "", email, typed: { event: eventCode, by: user.id, at: instant(now) } };
  await ports.configStore.change({
    ...{ kind: "tester", key: id, before: undefined, after: tester, by: user.id, now, id: ulid(now) },
  });
  return shownTester({ id, ...tester }, user);
}
