import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import type { Options } from "../../api/orders.ts";
import type { Manager } from "../manager.ts";
import { shownTester } from "../testers/shownTester.ts";

type Ports = Pick<Manager, "events" | "configTable" | "config" | "reportBadItem">;

const byOrder = (one: { order: number }, other: { order: number }) => one.order - other.order;
const byText = (one: string, other: string) => one.localeCompare(other, "en");

/**
 * What there is to choose from in the form: only events the user may see, only enabled accounts, never credentials; addresses
 * of testers only for users who may see them, and those typed for an order only with access to its event.
 */
export async function readOptions({ events, configTable, config, reportBadItem }: Ports, user: User): Promise<Options> {
  const onBadItem = (error: unknown) => reportBadItem(error, "an event cannot be read");
  const [found, stages, languages, accounts, testers, users, settings] = await Promise.all([
    events.list(onBadItem),
    configTable.stages(),
    configTable.languages(),
    configTable.accounts(),
    configTable.testers(),
    configTable.users(),
    configTable.settings(),
  ]);
  return {
    events: found
      .filter(({ aid }) => maySee(user, aid))
      .map(({ aid, name, subEvents, config: { inPerson } }) => ({
        code: aid,
        name,
        inPerson: inPerson === true,
        subEvents: Object.keys(subEvents).sort(byText),
      }))
      .sort((one, other) => byText(one.name, other.name)),
    stages: stages.sort(byOrder).map(({ name, description, parentStages, confirmation, requireRegLink, prefix }) => ({
      name,
      description,
      parentStages,
      confirmation,
      requireRegLink,
      prefix,
    })),
    languages: [...languages.values()].sort(byOrder).map(({ code, name, everyone }) => ({ code, name, everyone })),
    accounts: accounts
      .filter(({ enabled }) => enabled)
      .map(({ name, events: only, fromName, fromAddress, ratePerSecond, quotaPer24h }) => ({
        name,
        ...(only.length > 0 && { events: only.filter((code) => maySee(user, code)) }),
        fromName,
        fromAddress: fromAddress || config.EMAIL_FROM,
        ratePerSecond,
        quotaPer24h,
      }))
      .sort((one, other) => byText(one.name, other.name)),
    testers: testers
      .filter(({ typed }) => typed === undefined || maySee(user, typed.event))
      .map((tester) => shownTester(tester, user))
      .sort((one, other) => byText(one.label, other.label)),
    userNames: Object.fromEntries(users.map(({ id, name }) => [id, name])),
    timeZone: settings.timeZone,
    defaultPreviewText: config.DEFAULT_PREVIEW_TEXT,
  };
}
