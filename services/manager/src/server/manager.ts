import { accountRequests } from "@email-agent/shared/adapters/accountRequests.ts";
import { audit } from "@email-agent/shared/adapters/audit.ts";
import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { bounces } from "@email-agent/shared/adapters/bounces.ts";
import { bulkResolutions } from "@email-agent/shared/adapters/bulkResolutions.ts";
import { configStore } from "@email-agent/shared/adapters/configStore.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { contacts } from "@email-agent/shared/adapters/contacts.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { dryRunRecipients } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import { erasures } from "@email-agent/shared/adapters/erasures.ts";
import { events } from "@email-agent/shared/adapters/events.ts";
import { forgottenPeople } from "@email-agent/shared/adapters/forgottenPeople.ts";
import { importWrites } from "@email-agent/shared/adapters/importWrites.ts";
import { mailSelections } from "@email-agent/shared/adapters/mailSelections.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { pendingResets } from "@email-agent/shared/adapters/pendingResets.ts";
import { peopleImports } from "@email-agent/shared/adapters/peopleImports.ts";
import { quota } from "@email-agent/shared/adapters/quota.ts";
import { restoreMark } from "@email-agent/shared/adapters/restoreMark.ts";
import { returnRates } from "@email-agent/shared/adapters/returnRates.ts";
import { runs } from "@email-agent/shared/adapters/runs.ts";
import { slowedGroups } from "@email-agent/shared/adapters/slowedGroups.ts";
import { sweepState } from "@email-agent/shared/adapters/sweepState.ts";
import { unmatchedReports } from "@email-agent/shared/adapters/unmatchedReports.ts";
import { userSessions } from "@email-agent/shared/adapters/userSessions.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { badItemLog } from "@email-agent/shared/kit/badItems.ts";
import { type Clock, systemClock } from "@email-agent/shared/kit/clock.ts";
import { processEnvironment, readConfig } from "@email-agent/shared/kit/config.ts";
import { type Log, openLog } from "@email-agent/shared/kit/log.ts";
import { openMetrics } from "@email-agent/shared/kit/metrics.ts";
import type { ConfigOf } from "@email-agent/shared/kit/variables.ts";
import { limitConcurrency } from "./http/limitConcurrency.ts";
import { limitRate } from "./http/limitRate.ts";
import { heldIndexes } from "./people/heldIndexes.ts";
import { recentOrders } from "./people/recentOrders.ts";
import { compiledContents } from "./public/compiledContents.ts";
import { contentWords } from "./settings/contentWords.ts";
import { secretStore } from "./settings/secretStore.ts";

export type ManagerConfig = ConfigOf<"manager">;

/** Everything the manager's server side works with. */
export type Manager = ReturnType<typeof openManager>;

/** Each count reads every participant; more at once would delay the pages. */
const countLimit = { atOnce: 2, maxWaiting: 20, retryAfterSeconds: 15 };
/** Each search reads a table or long lists, for 3 s at most. */
const searchLimit = { atOnce: 2, maxWaiting: 10, retryAfterSeconds: 5 };
/** Enough to look for a few people; too little to read everyone by the beginnings of their names, or to guess ids. */
const searchRate = {
  burst: 20,
  tokensPerMinute: 6,
  sentence: "You have searched for many people in a short time. Wait a moment, then search again.",
};

/** Addresses typed as testers: enough for the orders of a day, too little to mail a list by Test. */
const testerRate = {
  burst: 20,
  tokensPerMinute: 1,
  sentence: "You have added many addresses in a short time. Wait a minute, then add the next one.",
};

/** Enough for an administrator who repairs an account; too little to mail someone without end. */
const trialRate = {
  burst: 10,
  tokensPerMinute: 2,
  sentence: "You have checked accounts or sent trial mails often in a short time. Wait half a minute, then try again.",
};

/** Compiled content is some times as large as its HTML. */
const viewContentLimits = { maxEntries: 100, maxBytes: 8 * 1024 * 1024, freshMilliseconds: 60_000 };

/** Opens the clients of one process. */
export function openManager(config: ManagerConfig, log: Log, own?: Pick<Clock, "now">) {
  const aws = openAws(config, log);
  const clock = own ?? aws.clock;
  const metrics = openMetrics("manager", config.METRICS_NAMESPACE, (line) => process.stdout.write(`${line}\n`));
  const secrets = secretStore(config);
  const texts = documents(aws, config);
  const people = heldIndexes();
  const reportBadItem = badItemLog(log);
  const orders = workOrderStore(aws, config, { log, metrics, clock });
  return {
    config,
    log,
    reportBadItem,
    clock,
    orders,
    recentOrders: recentOrders(orders, (error) => reportBadItem(error, "a work order cannot be read")),
    configTable: configTable(aws, config, { log }),
    configStore: configStore(aws, config),
    pendingResets: pendingResets(aws, config),
    userSessions: userSessions(aws, config),
    events: events(aws, config),
    participants: participants(aws, config),
    contacts: contacts(aws, config),
    people,
    forgottenPeople: forgottenPeople(aws, config),
    erasures: erasures(aws, config),
    restoreMark: restoreMark(aws, config),
    sweepState: sweepState(aws, config),
    peopleImports: peopleImports(aws, config),
    importWrites: importWrites(aws, config),
    deliveries: deliveries(aws, config),
    dryRunRecipients: dryRunRecipients(aws, config),
    runs: runs(aws, config),
    selections: mailSelections(aws, config),
    bounces: bounces(aws, config),
    bulkResolutions: bulkResolutions(aws, config),
    quota: quota(aws, config),
    slowedGroups: slowedGroups(aws, config),
    returnRates: returnRates(aws, config),
    accountRequests: accountRequests(aws, config),
    audit: audit(aws, config),
    documents: texts,
    unmatchedReports: unmatchedReports(aws, config, texts),
    contentWords: contentWords(texts),
    secretStore: secrets,
    counts: limitConcurrency(countLimit),
    viewContents: compiledContents({ ...viewContentLimits, clock: systemClock }),
    searches: limitConcurrency(searchLimit),
    searchRate: limitRate(searchRate, clock),
    trialRate: limitRate(trialRate, clock),
    testerRate: limitRate(testerRate, clock),
    async [Symbol.asyncDispose]() {
      people[Symbol.dispose]();
      metrics[Symbol.dispose]();
      secrets[Symbol.dispose]();
      await aws[Symbol.asyncDispose]();
    },
  };
}

// Next.js loads routes and pages as modules of their own; the process has one set of clients all the same.
const opened = globalThis as typeof globalThis & { emailAgentManager?: Manager };

/** The clients of this process. Throws one sentence if the environment lacks something (main.ts has judged it before). */
export function theManager(): Manager {
  if (opened.emailAgentManager) return opened.emailAgentManager;
  const read = readConfig("manager", processEnvironment());
  if ("problems" in read) throw new Error(`The environment lacks ${read.problems.map(({ name }) => name).join(", ")}.`);
  opened.emailAgentManager = openManager(read.config, openLog("manager", read.config.LOG_LEVEL));
  return opened.emailAgentManager;
}
