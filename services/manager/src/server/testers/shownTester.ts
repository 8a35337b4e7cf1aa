import type { Tester, User } from "@email-agent/shared/domain/configItems.ts";
import { testerName } from "@email-agent/shared/domain/recipients/tester.ts";
import type { OfferedTester } from "../../api/orders.ts";

/** A tester as the browser of this user gets it. */
export function shownTester(tester: Tester, user: Pick<User, "showAddresses">): OfferedTester {
  const { id, typed } = tester;
  return { id, label: testerName(tester, user), ...(typed && { typedFor: typed.event }) };
}
