import type { Account } from "@email-agent/shared/domain/account.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import type { TemplatePlace } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { isOffered } from "@email-agent/shared/domain/recipients/tester.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { readySteps, type WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";

/** What a text is checked and shown with. */
export interface DraftOrder {
  readonly order: WorkOrder;
  /** False: there is none, and examples are in the place of what an order says. */
  readonly isReal: boolean;
}

type Ports = Pick<Manager, "orders" | "configTable" | "clock">;

/**
 * The order whose mail a template is, so that subject, preview text, account and rules are those of the mailing; else one
 * with examples, which exists nowhere.
 *
 * @throws AppError `not-found` for an event the user may not see
 */
export async function draftOrder(ports: Ports, user: User, place: TemplatePlace): Promise<DraftOrder> {
  if (!maySee(user, place.eventCode))
    throw new AppError("not-found", `There is no event ${place.eventCode}, or you have no access to it.`);
  const id = await ports.orders.holderOf(place);
  const order = id === undefined ? undefined : await ports.orders.get(id);
  if (order?.languages.includes(place.language)) return { order, isReal: true };
  const [accounts, testers] = await Promise.all([ports.configTable.accounts(), ports.configTable.testers()]);
  return {
    order: example(
      place,
      order,
      accounts,
      testers.filter((tester) => isOffered(tester, place.eventCode)).map(({ id: tester }) => tester),
      ports.clock.now(),
    ),
    isReal: false,
  };
}

/** `other`: the order of the mailing, where it has not this language. */
function example(
  { eventCode, subEvent, stage, language }: TemplatePlace,
  other: WorkOrder | undefined,
  accounts: readonly Account[],
  testers: readonly string[],
  now: number,
): WorkOrder {
  const at = instant(now);
  const usable = accounts.find(({ enabled }) => enabled);
  return {
    ...{ id: "wo-00000000000000000000000000", version: 1 },
    ...{ eventCode, subEvent, stage, languages: [language] },
    ...{ subjects: { [language]: "Subject" }, previewTexts: { [language]: "Preview text" } },
    ...{ inPerson: other?.inPerson ?? true, account: other?.account ?? usable?.name ?? "", testers: [...testers] },
    ...{ sendContinuously: false, sendInterval: 3600, salutationByName: false, regLinkPresent: false },
    ...{ mailingKeys: [], prepared: {}, steps: readySteps(), fence: 0, losses: 0, archived: false },
    ...{ createdBy: "", createdAt: at, updatedBy: "", updatedAt: at },
  };
}
