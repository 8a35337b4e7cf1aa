import type { Environment } from "./environment.ts";

/** The day of which the prices are; the README says so. */
export const pricesOf = "30 November 2026";

/** Public list prices of us-east-1 in US dollars. */
const price = {
  vcpuHour: 0.03238,
  memoryGbHour: 0.00356,
  natHour: 0.045,
  natGb: 0.045,
  endpointZoneHour: 0.01,
  loadBalancerHour: 0.0225,
  loadBalancerUnitHour: 0.008,
  publicAddressHour: 0.005,
  valkeyHour: { "cache.t4g.micro": 0.0128, "cache.t4g.small": 0.0256, "cache.t4g.medium": 0.052 } as Record<
    string,
    number
  >,
  metric: 0.3,
  alarmMetric: 0.1,
  dashboard: 3,
  webAcl: 5,
  webRule: 1,
  secret: 0.4,
  key: 1,
  queueMillion: 0.4,
  fifoMillion: 0.5,
  writeMillion: 0.625,
  readMillion: 0.125,
  storageGb: 0.25,
  recoveryGb: 0.2,
  transferGb: 0.09,
} as const;

const hours = 730;
/** What an environment holds besides what its file says; cost.test.ts counts it in the templates. */
export const held = { endpoints: 6, alarms: 94, alarmMetrics: 118, secrets: 8, keys: 2, webRules: 5 } as const;
/** What nothing here can count: seen by whoever looks at the bill. */
const estimated = { insightMetrics: 90, productMetrics: 16, loadBalancerUnits: 0.2 } as const;
/** Calls with which one task asks its queue while that is empty, in millions a month: loops, and the seconds each one waits. */
const pollMillions = (loops: number, waitSeconds: number) => (loops * hours * 3600) / waitSeconds / 1e6;
const polls = { ingest: pollMillions(4, 3), notifier: pollMillions(2, 20) } as const;

interface Row {
  readonly what: string;
  readonly price: string;
  readonly dollars: (environment: Environment) => number;
}

function sizesOf({ services }: Environment): { cpu: number; memoryMiB: number; tasks: number }[] {
  const { sender, ...others } = services;
  return [...Object.values(others), { ...sender, tasks: sender.minimumTasks }];
}
const vcpusOf = (environment: Environment) =>
  sizesOf(environment).reduce((sum, { cpu, tasks }) => sum + (cpu / 1024) * tasks, 0);
const gigabytesOf = (environment: Environment) =>
  sizesOf(environment).reduce((sum, { memoryMiB, tasks }) => sum + (memoryMiB / 1024) * tasks, 0);
/** Of the load balancer, and of the NAT gateways or else of each task. */
function addressesOf(environment: Environment): number {
  const { network, zones } = environment;
  const tasks = sizesOf(environment).reduce((sum, { tasks }) => sum + tasks, 0);
  return zones.length + (network.natGateways || tasks);
}
const nodesOf = ({ valkey }: Environment) => valkey.replicas + 1;

function nodePrice({ valkey: { nodeType } }: Environment): number {
  const known = price.valkeyHour[nodeType];
  if (known === undefined) throw new Error(`infra/aws/cost.ts knows no price of ${nodeType}; add it to the prices.`);
  return known;
}

/** Rows that two environments fill; each names how many of it they have where that differs. */
function idleRows(environments: readonly Environment[]): Row[] {
  const of = (count: (environment: Environment) => number | string) => `(${environments.map(count).join("; ")})`;
  const { endpoints, alarms, alarmMetrics, secrets, keys, webRules } = held;
  const { insightMetrics, productMetrics, loadBalancerUnits } = estimated;
  return [
    row(`Fargate ARM64, vCPU ${of(vcpusOf)}`, `${price.vcpuHour} an hour`, (e) => vcpusOf(e) * price.vcpuHour * hours),
    row(
      `Fargate ARM64, GB of memory ${of(gigabytesOf)}`,
      `${price.memoryGbHour} an hour`,
      (e) => gigabytesOf(e) * price.memoryGbHour * hours,
    ),
    row(
      `NAT gateways ${of(({ network }) => network.natGateways)}`,
      `${price.natHour} an hour`,
      ({ network }) => network.natGateways * price.natHour * hours,
    ),
    row(
      `Private addresses of ${endpoints} AWS services, zones ${of(({ network }) => network.endpointZones)}`,
      `${price.endpointZoneHour} an hour and zone`,
      ({ network }) => endpoints * network.endpointZones * price.endpointZoneHour * hours,
    ),
    row(
      `Load balancer, and ${loadBalancerUnits} of a unit of its use`,
      `${price.loadBalancerHour}; ${price.loadBalancerUnitHour} an hour`,
      () => (price.loadBalancerHour + loadBalancerUnits * price.loadBalancerUnitHour) * hours,
    ),
    row(
      `Public IPv4 addresses ${of(addressesOf)}`,
      `${price.publicAddressHour} an hour`,
      (e) => addressesOf(e) * price.publicAddressHour * hours,
    ),
    row(
      `Valkey, nodes ${of((e) => `${nodesOf(e)} ${e.valkey.nodeType.replace("cache.", "")}`)}`,
      `${environments.map(nodePrice).join("; ")} an hour`,
      (e) => nodesOf(e) * nodePrice(e) * hours,
    ),
    row(`Container Insights, about ${insightMetrics} metrics`, `${price.metric}`, () => insightMetrics * price.metric),
    row(
      `Alarms (${alarms} over ${alarmMetrics} metrics, four more by scaling), dashboard, about ${productMetrics} metrics of the product`,
      `${price.alarmMetric} a metric; ${price.dashboard}; ${price.metric}`,
      () => (alarmMetrics + 4) * price.alarmMetric + price.dashboard + productMetrics * price.metric,
    ),
    row(
      `Web ACL with ${webRules} rules`,
      `${price.webAcl} + ${webRules} × ${price.webRule}`,
      () => price.webAcl + webRules * price.webRule,
    ),
    row(
      `Secrets (${secrets}), keys (${keys})`,
      `${price.secret}; ${price.key}`,
      () => secrets * price.secret + keys * price.key,
    ),
    row(
      "Asking empty queues: ingest, notifier",
      `${price.fifoMillion}; ${price.queueMillion} a million`,
      ({ services: { ingest, notifier } }) =>
        ingest.tasks * polls.ingest * price.fifoMillion + notifier.tasks * polls.notifier * price.queueMillion,
    ),
    row("Reads of ingest's rounds, logs, storage, about", "", ({ keepData }) => (keepData ? 3 : 2)),
  ];
}

function row(what: string, text: string, dollars: Row["dollars"]): Row {
  return { what, price: text, dollars };
}

/** What an environment costs in a month in which nobody works. */
export function idleDollars(environment: Environment): number {
  return idleRows([environment]).reduce((sum, { dollars }) => sum + dollars(environment), 0);
}

/** The same of several, as a table of Markdown. */
export function idleMonth(environments: Readonly<Record<string, Environment>>): string {
  const all = Object.values(environments);
  const rows = idleRows(all);
  return [
    `| An idle month, US dollars | Price | ${Object.keys(environments).join(" | ")} |`,
    `| --- | --- |${" ---: |".repeat(all.length)}`,
    ...rows.map(
      (line) => `| ${line.what} | ${line.price} | ${all.map((e) => line.dollars(e).toFixed(1)).join(" | ")} |`,
    ),
    `| **Together** | | ${all.map((e) => `**${idleDollars(e).toFixed(0)}**`).join(" | ")} |`,
  ].join("\n");
}

/** A mailing that is worked out, and what of it is not in the price list. */
const mailing = { people: 100_000, mailGb: 6, tasks: 4, taskHours: 1, ledgerGb: 0.08, small: 0.3 } as const;

/** What one mailing costs, as a table of Markdown. `sender` is the size of one sender. */
export function oneMailing({ services: { sender } }: Pick<Environment, "services">): string {
  const { people, mailGb, tasks, taskHours, ledgerGb, small } = mailing;
  const task = (sender.cpu / 1024) * price.vcpuHour + (sender.memoryMiB / 1024) * price.memoryGbHour;
  const rows: readonly (readonly [what: string, reckoning: string, dollars: number])[] = [
    [
      "Writes of Send, at most 4 units each",
      `${(4 * people).toLocaleString("en")} × ${price.writeMillion} a million`,
      (4 * people * price.writeMillion) / 1e6,
    ],
    [
      "Writes of Dry-Run, one each",
      `${people.toLocaleString("en")} × ${price.writeMillion} a million`,
      (people * price.writeMillion) / 1e6,
    ],
    [
      "Reads: people three times (1.5 KB each), again per chunk, ledger",
      `${(5 * people).toLocaleString("en")} × ${price.readMillion} a million`,
      (5 * people * price.readMillion) / 1e6,
    ],
    ["Mails through the NAT gateway", `${mailGb} GB × ${price.natGb}`, mailGb * price.natGb],
    [
      "Mails out to the Internet (the first 100 GB of a month are free)",
      `${mailGb} GB × ${price.transferGb}`,
      mailGb * price.transferGb,
    ],
    [
      `Senders: 1.5 s of CPU per 1,000 mails; time depends on the account's rate. ${tasks} more tasks for an hour`,
      `${tasks} × ${task.toFixed(4)}`,
      tasks * taskHours * task,
    ],
    ["Status events, WebSocket messages, stream router, logs, metrics of one account", "about", small],
    [
      `Ledger, ${ledgerGb * 1000} MB for a month with its recovery`,
      `${ledgerGb} × (${price.storageGb} + ${price.recoveryGb})`,
      ledgerGb * (price.storageGb + price.recoveryGb),
    ],
  ];
  const total = rows.reduce((sum, [, , dollars]) => sum + dollars, 0);
  return [
    `| One mailing to ${people.toLocaleString("en")} people, one language, mails of 60 KB | Reckoning | US dollars |`,
    "| --- | --- | ---: |",
    ...rows.map(([what, reckoning, dollars]) => `| ${what} | ${reckoning} | ${dollars.toFixed(2)} |`),
    `| **Together** | | **${total.toFixed(2)}** |`,
  ].join("\n");
}
