import type { User } from "@email-agent/shared/domain/configItems.ts";
import { isErased, isErasedLine } from "@email-agent/shared/domain/delivery/erasure.ts";
import { personLines, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import type { ForgetBody, ForgetResult } from "../../api/personChanges.ts";
import { eraseFromImports } from "../import/eraseFromImports.ts";
import type { Manager } from "../manager.ts";
import { keptLists } from "./keptLists.ts";
import { peopleChanged } from "./peopleIndexes.ts";

export type ForgetPorts = Pick<
  Manager,
  | "participants"
  | "people"
  | "forgottenPeople"
  | "erasures"
  | "deliveries"
  | "dryRunRecipients"
  | "orders"
  | "audit"
  | "configTable"
  | "configStore"
  | "peopleImports"
  | "documents"
  | "clock"
  | "log"
>;

/**
 * Longer than any work that read the person before they were marked may take to write what it read: a claim lives a minute,
 * its outcome may come a little later, a Dry-Run writes a page at a time.
 */
const settleMilliseconds = 10 * 60_000;

/**
 * Forgets a person: erases name, address and everything else in the record but its id, and name, address and reply on
 * every list of every mailing, and their rows in files of imports. The rows of mailings stay, so no one is mailed twice; the person is never mailed again. It cannot be undone.
 *
 * The mark is written first, and from then on no message to them begins. What runs at that moment may still write what it had
 * read: the erasure stays open and `finishForgetting` repeats it. So does a call that failed midway, or another call.
 *
 * @param by user id, or what the command line gives
 * @param reason in the user's words
 * @throws AppError `not-found` if no record and no list knows the person, `conflict` if they are a tester: testers have labels.
 */
export async function forgetPerson(
  ports: ForgetPorts,
  { id, by, reason }: { readonly id: string; readonly by: string; readonly reason: string },
): Promise<ForgetResult> {
  const testers = await ports.configTable.testers();
  if (testers.some((tester) => tester.id === id))
    throw new AppError(
      "conflict",
      `Participant ${id} is a tester, and the label of a tester may hold a name. Remove them from the testers first.`,
      { details: { reason: "tester" } },
    );
  const now = ports.clock.now();
  const known = await ports.participants.get(id);
  if (!known && !(await isOnAnyList(ports, id)))
    throw new AppError("not-found", `No record and no mailing knows a participant ${id}. Check the id.`);
  const at = await ports.forgottenPeople.open(id, instant(now));
  // Before the record: it alone knows the address, by which rows without an id are found.
  await eraseFromImports(ports, { id, address: known?.email ?? undefined });
  await ports.participants.forget(id, at);
  await ports.audit.withoutReasons(personLines(id));
  const line = { workOrderId: personLines(id), by, what: "forgotten" as const, data: { participantId: id, reason } };
  await ports.audit.put(userLine(line, ulid(now), now));
  const erased = await eraseLists(ports, id);
  await ports.configStore.eraseTesterHistory(id);
  await peopleChanged(ports, [id]);
  ports.log.info({ participantId: id, by, ...erased }, "a person was forgotten");
  return { at, ...erased };
}

/** As `forgetPerson`, for a user who has typed the id of the person. */
export async function forgetConfirmed(
  ports: ForgetPorts,
  user: Pick<User, "id">,
  id: string,
  { confirm, reason }: ForgetBody,
): Promise<ForgetResult> {
  const message = `Type the id of the person, ${id.slice(0, 300)}, to confirm it. Nothing was changed.`;
  if (confirm.trim() !== id)
    throw new AppError("invalid-input", message, { details: { fields: { confirm: message } } });
  return forgetPerson(ports, { id, by: user.id, reason });
}

async function isOnAnyList(ports: ForgetPorts, id: string): Promise<boolean> {
  for await (const { mailings, tests, dryRuns } of keptLists(ports)) {
    const found = [ports.deliveries.isOnAny([...mailings, ...tests], id), ports.dryRunRecipients.isOnAny(dryRuns, id)];
    if ((await Promise.all(found)).includes(true)) return true;
  }
  return false;
}

/** Erases every row of a person. `left`: rows that are being sent, which must be erased later. */
async function eraseLists(ports: ForgetPorts, id: string): Promise<{ readonly rows: number; readonly left: number }> {
  let rows = 0;
  let left = 0;
  for await (const { mailings, tests, dryRuns } of keptLists(ports)) {
    const [deliveries, lines] = await Promise.all([
      ports.deliveries.ofPerson([...mailings, ...tests], id),
      ports.dryRunRecipients.ofPerson(dryRuns, id),
    ]);
    const results = [
      ...(await ports.erasures.deliveries([...deliveries.values()].filter((delivery) => !isErased(delivery)))),
      ...(await ports.erasures.dryRunLines(lines.filter((line) => !isErasedLine(line)))),
    ];
    rows += results.filter(Boolean).length;
    left += results.filter((done) => !done).length;
  }
  return { rows, left };
}

/**
 * Repeats the erasure of everyone who was forgotten a while ago, and closes it where nothing is left. One person after
 * another; harmless in several processes at once, and after a crash the next round goes on.
 */
export async function finishForgetting(ports: ForgetPorts, signal: AbortSignal): Promise<void> {
  const before = ports.clock.now() - settleMilliseconds;
  for await (const page of ports.forgottenPeople.pages()) {
    for (const person of page) {
      signal.throwIfAborted();
      if (!person.isOpen || epochMilliseconds(person.at) > before) continue;
      const address = (await ports.participants.get(person.id))?.email ?? undefined;
      await eraseFromImports(ports, { id: person.id, address }, signal);
      await ports.participants.forget(person.id, person.at);
      const { left } = await eraseLists(ports, person.id);
      await ports.configStore.eraseTesterHistory(person.id);
      if (left === 0) await ports.forgottenPeople.close(person);
    }
  }
}
