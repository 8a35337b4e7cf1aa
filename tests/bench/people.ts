import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { startTestStack, type TestStack } from "../../infra/local/testStack.ts";
import type { Manager } from "../../services/manager/src/server/manager.ts";
import { explainPools } from "../../services/manager/src/server/people/explainPools.ts";
import { findPeople } from "../../services/manager/src/server/people/findPeople.ts";
import { peopleIndexFor } from "../../services/manager/src/server/people/peopleIndexes.ts";
import { personMailings } from "../../services/manager/src/server/people/personMailings.ts";
import { aUser, managerOver } from "../../services/manager/testing/managerOver.ts";
import { mailingKey } from "../../shared/src/domain/delivery/mailingKey.ts";
import type { Participant } from "../../shared/src/domain/recipients/participant.ts";
import { judgeEverybody } from "../../shared/src/run/judgeEverybody.ts";
import { loadMailing } from "../../shared/src/run/loadMailing.ts";
import { anEvent, anOrder, aPool, aStage, someLanguages } from "../../shared/testing/builders.ts";
import { putConfig } from "../../shared/testing/putConfig.ts";
import { aDelivery, putDeliveries } from "../../shared/testing/putDeliveries.ts";
import { putParticipants } from "../../shared/testing/putParticipants.ts";
import { below, type Figure, median, percentile, plain } from "./figures.ts";

const many = 100_000;
const manyOrders = 1000;
const languages = ["EN", "SP", "FR"];
const lanes = 8;
const firstPageMilliseconds = 1000;
const never = new AbortController().signal;
const user = aUser({ people: true });
const asked = "p-4711";

/** The pages of People at 100,000 people: search, a person with 1,000 work orders, the people of a pool. */
export async function people(say: (text: string) => void): Promise<Figure[]> {
  await using stack = await startTestStack({ cloud: true });
  await using opened = managerOver({ ...(stack.config as unknown as Record<string, string>) });
  const { manager } = opened;
  await seed(stack, say);
  const search = await searches(manager, say);
  return [...search, ...(await onePerson(manager)), ...(await poolCount(manager, stack))];
}

async function seed({ aws, config }: TestStack, say: (text: string) => void): Promise<void> {
  const begunAt = performance.now();
  const everyone = Array.from(
    { length: many },
    (_, n): Participant => ({
      ...{ id: `p-${n}`, first: `Ana${n % 1000}`, last: `García Núñez ${n}`, email: `ana.garcia${n}@example.org` },
      ...{ country: "Spain", writtenLangPref: "Spanish", programs: { E2026: { join: n % 3 === 0 } } },
    }),
  );
  const share = Math.ceil(many / lanes);
  const lane = (at: number) => putParticipants(aws, config, everyone.slice(at * share, (at + 1) * share));
  await Promise.all(Array.from({ length: lanes }, (_, at) => lane(at)));
  await putConfig(aws, config, {
    stages: [aStage({ pools: ["everyone"] })],
    pools: [aPool(), aPool({ name: "joined", attributes: [{ type: "currenteventjoin" }] })],
    languages: [...someLanguages().values()],
  });
  const put = (TableName: string, Item: object) => aws.dynamo.send(new PutCommand({ TableName, Item }));
  const subEvents = Object.fromEntries(Array.from({ length: manyOrders }, (_, n) => [`part-${n}`, {}]));
  await put(config.EVENTS_TABLE, anEvent({ subEvents, config: { pool: "joined" } }));
  for (let n = 0; n < manyOrders; n += 1) {
    const order = anOrder({ subEvent: `part-${n}`, languages });
    await put(config.WORK_ORDERS_TABLE, order);
    if (n % 100 === 0)
      await putDeliveries(aws, config.DELIVERIES_TABLE, mailingKey(order, "EN"), [aDelivery({ participantId: asked })]);
  }
  say(`${many.toLocaleString("en")} people and ${manyOrders} work orders put in ${seconds(begunAt).toFixed(1)} s`);
}

async function searches(manager: Manager, say: (text: string) => void): Promise<Figure[]> {
  const timed = async (text: string) => {
    const begunAt = performance.now();
    const page = await findPeople(manager, user, { text }, never);
    JSON.stringify(page);
    return { page, milliseconds: performance.now() - begunAt };
  };
  const begunAt = performance.now();
  const cold = await timed("zzz unknown");
  let found = cold.page;
  while (found.reading) found = (await timed("zzz unknown")).page;
  const readSeconds = seconds(begunAt);
  const warm: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const texts = [`garcia ${n * 37}`, "ana", `garcia${n * 411}@ex`, `p-${n * 311}`, "zzz unknown"];
    warm.push((await timed(texts[n % texts.length] as string)).milliseconds);
  }
  const bytes = peopleIndexFor(manager, user).bytes / many;
  say(`everyone read in ${readSeconds.toFixed(1)} s, ${bytes.toFixed(0)} bytes a person`);
  const at = `at ${many.toLocaleString("en")}`;
  return [
    below("people", `search ${at}: first response, nothing in memory`, cold.milliseconds, firstPageMilliseconds, "ms"),
    plain("people", `… until everyone was read`, readSeconds, "s"),
    below("people", `… in memory, 99th percentile`, percentile(warm, 0.99), firstPageMilliseconds, "ms"),
    plain("people", `… in memory, median`, median(warm), "ms"),
    plain("people", `… memory a person`, bytes, "bytes"),
  ];
}

async function onePerson(manager: Manager): Promise<Figure[]> {
  const times: number[] = [];
  let after: string | undefined;
  do {
    const begunAt = performance.now();
    const page = await personMailings(manager, user, asked, { only: undefined, after }, never);
    JSON.stringify(page);
    times.push(performance.now() - begunAt);
    after = page.next;
  } while (after);
  const mailedAt = performance.now();
  await personMailings(manager, user, asked, { only: "mailed", after: undefined }, never);
  const mailed = performance.now() - mailedAt;
  const poolsAt = performance.now();
  await explainPools(manager, user, asked, { event: "E2026", subEvent: "part-1" });
  const of = `of ${manyOrders.toLocaleString("en")} work orders in ${languages.length} languages`;
  return [
    below("people", `a person: page of mailings ${of}, median`, median(times), firstPageMilliseconds, "ms"),
    plain("people", `… slowest page`, Math.max(...times), "ms"),
    below("people", `… all mails sent to them, read by key`, mailed, 2 * firstPageMilliseconds, "ms"),
    plain("people", `… pools explained`, performance.now() - poolsAt, "ms"),
  ];
}

/** Whom the pools of an order accept, among everyone: what Count does. */
async function poolCount(manager: Manager, { config }: TestStack): Promise<Figure[]> {
  const begunAt = performance.now();
  const { events, configTable } = manager;
  const order = anOrder({ subEvent: "part-1", languages: ["EN"] });
  const loaded = await loadMailing({ events, config: configTable }, order);
  let accepted = 0;
  await judgeEverybody(manager, [loaded.mailing(loaded.languages[0]!)], { pass: "user-started" }, (_, __, reason) => {
    if (reason === undefined) accepted += 1;
  });
  if (accepted !== Math.ceil(many / 3)) throw new Error(`${config.PARTICIPANTS_TABLE}: the pool accepted ${accepted}.`);
  return [plain("people", `people of a pool counted among ${many.toLocaleString("en")}`, seconds(begunAt), "s")];
}

const seconds = (since: number) => (performance.now() - since) / 1000;
