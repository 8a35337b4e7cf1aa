import { setTimeout as pause } from "node:timers/promises";
import { defineArea, openNothing, type Scenario, type Trial } from "../scenario.ts";
import {
  type DatabaseError,
  firstStatementRefused,
  halfUnprocessed,
  pageOfOne,
  refusedWith,
  statementsOf,
} from "./databaseReplies.ts";
import {
  type FaultProxy,
  type FaultRequest,
  type FaultScript,
  faultProxy,
  late,
  requestLost,
  responseCut,
  responseLost,
  share,
  times,
} from "./faultProxy.ts";
import { mailingUnderFault } from "./mailingUnderFault.ts";
import { type OwnDynamo, startOwnDynamo } from "./ownDynamo.ts";
import { freeze, type StoreScenarioOptions, storeScenario } from "./storeFaults.ts";

/** The server itself fails. */
function ofServer(
  name: string,
  fault: (database: OwnDynamo) => Promise<void>,
  options: StoreScenarioOptions = {},
): Scenario<undefined> {
  return storeScenario(name, options, async (mailing) => {
    await using database = await startOwnDynamo();
    return await mailingUnderFault(() => fault(database), { ...mailing, dynamoUrl: database.url });
  });
}

const restart = (awayMilliseconds: number) => async (database: OwnDynamo) => {
  await database.kill();
  await pause(awayMilliseconds);
  await database.start();
};

/** Requests of ingest and the senders meet the script from the start on; it has to come up at least once. */
function ofRequests(
  name: string,
  script: (trial: Trial) => FaultScript,
  options: StoreScenarioOptions = {},
): Scenario<undefined> {
  return storeScenario(name, options, async (mailing, trial) => {
    await using stack = new AsyncDisposableStack();
    const proxies: FaultProxy[] = [];
    const overAt = () => Math.max(...proxies.map(({ lastFaultAt }) => lastFaultAt));
    const observed = await mailingUnderFault(async () => {}, {
      overAt,
      after: 0,
      ...mailing,
      async environment({ AWS_ENDPOINT_URL_DYNAMODB: upstream }) {
        const proxy = stack.use(await faultProxy(upstream));
        proxy.script = script(trial);
        proxies.push(proxy);
        return { AWS_ENDPOINT_URL_DYNAMODB: proxy.url };
      },
    });
    const met = proxies.some(({ faults }) => faults > 0);
    return met ? observed : { ...observed, violations: [...observed.violations, "The fault did not happen."] };
  });
}

const onTable = ({ body }: FaultRequest, table: string) => body.includes(`-${table}"`);
const isWrite = ({ operation }: FaultRequest) => operation === "UpdateItem" || operation === "PutItem";
const isBatch = (request: FaultRequest, verb: "INSERT" | "UPDATE") =>
  statementsOf(request)[0]?.Statement.startsWith(verb) ?? false;

/** Each kind of write of a Send, by what it is for. */
const writes: Readonly<Record<string, (request: FaultRequest) => boolean>> = {
  claims: (request) => isBatch(request, "INSERT"),
  outcomes: (request) => isBatch(request, "UPDATE"),
  order: (request) => isWrite(request) && onTable(request, "email-work-orders"),
  run: (request) => isWrite(request) && onTable(request, "Runs"),
  quota: (request) => isWrite(request) && onTable(request, "Quota"),
  transaction: ({ operation }) => operation === "TransactWriteItems",
};

const throttles: readonly DatabaseError[] = [
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "RequestLimitExceeded",
  "InternalServerError",
  "ServiceUnavailable",
];

const lost = Object.entries(writes).flatMap(([name, isOne]) => [
  // One response, which the SDK's own repetition meets; and more than it repeats, so that the product has to.
  ofRequests(`response-lost/${name}/1`, () => times(1, (request) => (isOne(request) ? responseLost : undefined)), {
    isFast: name === "claims",
  }),
  ofRequests(`response-lost/${name}/4`, () => times(4, (request) => (isOne(request) ? responseLost : undefined))),
  ofRequests(`request-lost/${name}/4`, () => times(4, (request) => (isOne(request) ? requestLost : undefined))),
  ofRequests(`response-cut/${name}/4`, () => times(4, (request) => (isOne(request) ? responseCut : undefined))),
]);

/** The first statement of a batch fails; a batch that is sent again may meet it again. */
const statements = (["claims", "outcomes"] as const).flatMap((kind) =>
  (
    [
      ["InternalServerError", "The request could not be processed because of an internal server error."],
      ["ProvisionedThroughputExceeded", "The level of configured provisioned throughput for the table was exceeded."],
      ["ThrottlingError", "Rate of requests exceeds the allowed throughput."],
      ["TransactionConflict", "Transaction is ongoing for the item"],
    ] as const
  ).map(([code, message]) =>
    ofRequests(`statement/${kind}/${code}`, () =>
      times(5, (request) => (writes[kind]?.(request) ? firstStatementRefused(code, message) : undefined)),
    ),
  ),
);

/** Repeating would change nothing: the Send ends with an error that says so, and a later start mails the rest. */
const permanent = (["claims", "outcomes"] as const).flatMap((kind) =>
  (
    [
      ["ItemCollectionSizeLimitExceeded", "Item collection size limit of 10 GB exceeded."],
      ["ValidationError", "Item size has exceeded the maximum allowed size"],
    ] as const
  ).map(([code, message]) =>
    ofRequests(
      `statement/${kind}/${code}`,
      () => times(1, (request) => (writes[kind]?.(request) ? firstStatementRefused(code, message) : undefined)),
      // An outcome that cannot be written leaves its mail, and those of the same batch, in doubt.
      { isStartedAgain: true, inDoubtAtMost: kind === "outcomes" ? 25 : 0 },
    ),
  ),
);

const scenarios: Scenario<undefined>[] = [
  ofServer("restarted/1s", restart(1000), { isFast: true }),
  ofServer("restarted/8s", restart(8000)),
  ofServer("restarted/begin", restart(1000), { after: 0 }),
  ofServer("frozen/2s", freeze(2000)),
  ofServer("frozen/8s", freeze(8000)),
  ofServer("frozen/15s", freeze(15_000)),
  ...throttles.map((name) =>
    ofRequests(`refused/${name}/10%`, ({ seed }) => share(0.1, seed, () => refusedWith(name)), {
      isFast: name === "ThrottlingException",
    }),
  ),
  ofRequests("refused/half", ({ seed }) => share(0.5, seed, () => refusedWith("ThrottlingException"))),
  ...lost,
  ...statements,
  ...permanent,
  ofRequests(
    "unprocessed-keys",
    () =>
      ({ operation }) =>
        operation === "BatchGetItem" ? halfUnprocessed : undefined,
  ),
  ofRequests(
    "page-of-one",
    () =>
      ({ operation }) =>
        operation === "Query" || operation === "Scan" ? pageOfOne : undefined,
  ),
  ofRequests("slow/300ms", () => () => late(300), { account: { ratePerSecond: 50 } }),
];

/** DynamoDB is killed, frozen, throttled or slow, or its responses are lost, in the middle of a Send. */
export const databaseFaults = defineArea<undefined>({
  name: "database",
  title: "Database: restarted, frozen, throttled, slow, responses lost",
  concurrency: 2,
  open: openNothing,
  scenarios,
});
