import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { type Delivery, isReached } from "@email-agent/shared/domain/delivery/delivery.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf, type OrderMailing } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { PersonMailing, PersonMailings } from "../../api/people.ts";
import type { Manager } from "../manager.ts";
import { fromDelivery, shownTo } from "../recipients/recipient.ts";
import { findPerson, type PersonPorts } from "./findPerson.ts";
import { type MailingJudge, mailingJudge } from "./mailingJudge.ts";
import type { ListedOrder } from "./recentOrders.ts";

export type PersonMailingsPorts = PersonPorts & Pick<Manager, "recentOrders" | "deliveries" | "events" | "clock">;

/** Orders of a page, and orders whose deliveries are read together: their keys fill a few requests. */
const ordersPerPage = 20;
/** A page of mails alone has so many, if they are found within the time. */
const mailsPerPage = 20;
const pageMilliseconds = 800;

/**
 * `GET /api/people/{id}/mailings`: for each mailing of the orders the user may see, archived ones and earlier mailings of an
 * order included, what became of it for this person; newest orders first. Deliveries are read by key; of who has none
 * the recipient filter says why, as things are now. `only: "mailed"` leaves those out. Throws as `findPerson`.
 */
export async function personMailings(
  ports: PersonMailingsPorts,
  user: User,
  id: string,
  asked: { readonly only: "mailed" | undefined; readonly after: string | undefined },
  signal: AbortSignal,
): Promise<PersonMailings> {
  const person = await findPerson(ports, user, id);
  const orders = await ordersBehind(ports, user, asked.after);
  const judge = mailingJudge(ports);
  const page: { mailings: PersonMailing[]; tests: PersonMailing[] } = { mailings: [], tests: [] };
  const until = ports.clock.now() + pageMilliseconds;
  for (let from = 0; from < orders.length; from += ordersPerPage) {
    signal.throwIfAborted();
    const some = orders.slice(from, from + ordersPerPage);
    const read = await ofOrders(ports, user, person, some, asked.only === "mailed" ? undefined : judge);
    page.mailings.push(...read.mailings);
    page.tests.push(...read.tests);
    const last = some.at(-1)?.id;
    const isFull = asked.only !== "mailed" || page.mailings.length >= mailsPerPage || ports.clock.now() >= until;
    if (isFull && last !== undefined && from + some.length < orders.length) return { ...page, next: last };
  }
  return page;
}

/** The orders the user may see, newest first, behind the one that ended the page before. */
async function ordersBehind(
  { recentOrders }: PersonMailingsPorts,
  user: User,
  after: string | undefined,
): Promise<ListedOrder[]> {
  const orders = await recentOrders.list(after !== undefined);
  return orders.filter(({ id, eventCode }) => maySee(user, eventCode) && (after === undefined || id < after));
}

/** One mailing in one language, with the partition of the ledger that holds it. */
interface Asked {
  readonly order: ListedOrder;
  readonly mailing: OrderMailing;
  readonly language: string;
  readonly partition: string;
}

/** Without `judge` only what was mailed. */
async function ofOrders(
  { deliveries }: PersonMailingsPorts,
  user: User,
  person: Participant,
  orders: readonly ListedOrder[],
  judge: MailingJudge | undefined,
): Promise<Pick<PersonMailings, "mailings" | "tests">> {
  const sends = orders.flatMap((order) => sendsOf(order, user));
  const tests = orders.flatMap(testsOf);
  const partitions = [...sends, ...tests].map(({ partition }) => partition);
  const found = await deliveries.ofPerson(partitions, person.id);
  const mailings: PersonMailing[] = [];
  for (const asked of sends) {
    const delivery = found.get(asked.partition);
    if (!delivery && !judge) continue;
    mailings.push({ ...namesOf(asked), ...(await outcome(user, person, asked, delivery, judge)) });
  }
  return {
    mailings,
    tests: tests.flatMap((asked) => {
      const delivery = found.get(asked.partition);
      return delivery ? [{ ...namesOf(asked), ...mailed(user, delivery) }] : [];
    }),
  };
}

function sendsOf(order: ListedOrder, user: User): Asked[] {
  return mailingsOf(order)
    .filter(({ eventCode }) => maySee(user, eventCode))
    .flatMap((mailing) =>
      mailing.languages.map((language) => ({ order, mailing, language, partition: mailingKey(mailing, language) })),
    );
}

function testsOf(order: ListedOrder): Asked[] {
  const { testRunId } = order;
  if (testRunId === undefined) return [];
  const [mailing] = mailingsOf(order);
  return mailing.languages.map((language) => {
    const partition = testPartition(mailingKey(mailing, language), testRunId);
    return { order, mailing, language, partition };
  });
}

type Names = Omit<PersonMailing, keyof Outcome>;
type Outcome = Pick<
  PersonMailing,
  | "status"
  | "at"
  | "response"
  | "messageId"
  | "account"
  | "permanent"
  | "nextAttemptAt"
  | "resolvedBy"
  | "resolvedAt"
  | "returned"
  | "reason"
  | "problem"
>;

function namesOf({ order, mailing, language }: Asked): Names {
  const { eventCode, subEvent, stage, revision, isCurrent, hasBegun } = mailing;
  return {
    ...{ orderId: order.id, eventCode, subEvent, stage, language, isCurrent, hasBegun },
    ...(revision !== undefined && { revision }),
    isArchived: order.archived,
  };
}

async function outcome(
  user: User,
  person: Participant,
  { mailing, language, partition }: Asked,
  delivery: Delivery | undefined,
  judge: MailingJudge | undefined,
): Promise<Outcome> {
  const isOver = delivery && isReached(delivery.status);
  const verdict = !judge || isOver ? {} : await judge(mailing, language, person);
  if (delivery) return { ...mailed(user, delivery), ...verdict };
  const elsewhere = person.emails?.[partition];
  if (verdict.reason === "already-received")
    return { status: "elsewhere", ...(typeof elsewhere === "string" && { at: elsewhere }) };
  const isOut = verdict.reason !== undefined || verdict.problem !== undefined;
  return { status: isOut ? "left-out" : "open", ...verdict };
}

function mailed(user: User, delivery: Delivery): Outcome {
  const shown = shownTo(user, fromDelivery(delivery, false));
  const { status, at, response, messageId, account, permanent, nextAttemptAt, resolvedBy, resolvedAt } = shown;
  const { returned } = shown;
  const known = { at, response, messageId, account, permanent, nextAttemptAt, resolvedBy, resolvedAt, returned };
  const present = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  return { status: status as Outcome["status"], ...present };
}
