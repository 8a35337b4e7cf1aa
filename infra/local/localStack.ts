import { join } from "node:path";
import { type Aws, openAws } from "@email-agent/shared/adapters/aws.ts";
import { commandQueue } from "@email-agent/shared/adapters/commandQueue.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { connections } from "@email-agent/shared/adapters/connections.ts";
import { type WorkOrderStore, workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { buildManager } from "../../scripts/buildManager.ts";
import { makeConnect } from "../lambdas/connect.ts";
import { makeDisconnect } from "../lambdas/disconnect.ts";
import { makeStreamRouter } from "../lambdas/streamRouter.ts";
import { type TableNames, tableNames } from "../resources.ts";
import { createQueues, type QueueNames } from "./createQueues.ts";
import { createTables } from "./createTables.ts";
import { keepPrivate } from "./dataHolder.ts";
import { signInUsers } from "./demo/organisation.ts";
import { beginningOf, seedEmpty, seedOrganisation } from "./demo/seed.ts";
import { seedWorkOrders } from "./demo/seedWorkOrders.ts";
import { freePort } from "./freePort.ts";
import { eventQueue } from "./inbox/returnMail.ts";
import type { Inbox } from "./inbox.ts";
import { startIssuer } from "./issuer.ts";
import { localCredentials, useLocalCredentials } from "./localCredentials.ts";
import { type LocalSecrets, localSecrets } from "./localSecrets.ts";
import { type LocalServiceName, localServices, startLocalService } from "./localServices.ts";
import type { Mailchimp } from "./mailchimp.ts";
import { type Operator, openOperator } from "./operator.ts";
import { freePorts, type LocalPorts } from "./ports.ts";
import { startQueueBoard } from "./queueBoard.ts";
import type { ServiceProcess } from "./serviceProcess.ts";
import type { StackAccess } from "./stackAccess.ts";
import { allStarted, mailchimpVariables, standInVariables, startStandIns } from "./standIns.ts";
import { startStreamPump } from "./streamPump.ts";
import { startWebSocketGateway } from "./webSocketGateway.ts";

export interface LocalStackOptions {
  /** Everything that survives a restart lives here. */
  readonly dataFolder: string;
  /** Default: free ones. */
  readonly ports?: LocalPorts;
  /** People in the demo organisation, at least. */
  readonly participants: number;
  readonly onLine?: (service: string, line: string) => void;
  readonly onNews?: (text: string) => void;
  /** Ends the start before its next part; what runs already is stopped. Without effect on a stack that is ready. */
  readonly signal?: AbortSignal;
  /** Begins with one administrator and nothing else, without Mailchimp. Data that began so stay so. Default false. */
  readonly empty?: boolean;
  /** The manager's pages reload as their sources change; else its build is served. Default false. */
  readonly dev?: boolean;
  /** False: the services know no Mailchimp; templates come from the bucket and the folder. Default true. */
  readonly mailchimp?: boolean;
  /** Variables for one service besides those of the stack. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Files that start a service in place of its own. */
  readonly entries?: Readonly<Partial<Record<LocalServiceName, string>>>;
}

/** The whole product, running: every service a process of its own, every stand-in on loopback. */
export interface LocalStack extends AsyncDisposable {
  readonly aws: Aws;
  readonly orders: WorkOrderStore;
  readonly tables: TableNames;
  readonly inbox: Inbox;
  readonly mailchimp: Mailchimp;
  /** Whether the services know it. */
  readonly hasMailchimp: boolean;
  /** The organisation began with one administrator and nothing else. */
  readonly isEmpty: boolean;
  readonly redisUrl: string;
  /** Which Redis was found. */
  readonly redisKind: string;
  readonly queueBoardUrl: string;
  readonly managerUrl: string;
  readonly services: Readonly<Record<LocalServiceName, ServiceProcess>>;
  /** One more process of a service, on the same stack. */
  startAnother(service: LocalServiceName): Promise<ServiceProcess>;
  /** What `npm run demo` needs to drive a running stack; written to `stack.json` in the data folder. */
  readonly access: StackAccess;
  openOperator(): Promise<Operator>;
}

const silentLog = openLog("local", "error");

/** Starts everything and resolves when all services are ready. Throws one plain sentence when a part cannot start. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { dataFolder, ports = freePorts, onNews = () => {}, signal } = options;
  useLocalCredentials();
  if (!options.dev) await buildManager(onNews, signal);
  keepPrivate(dataFolder);
  const secrets = localSecrets(dataFolder);
  await using starting = new AsyncDisposableStack();

  const standIns = await startStandIns(starting, ports, dataFolder);
  const { dynamo, redis, cloud, inbox, mailchimp } = standIns;
  const tables = tableNames();
  const endpoints = {
    AWS_REGION: localCredentials.region,
    AWS_ENDPOINT_URL: cloud.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.directUrl,
  };
  const [queues] = await Promise.all([createQueues(cloud.url), createTables(dynamo.url, tables)]);
  const aws = starting.use(openAws(endpoints));
  inbox.sendEventsTo(eventQueue(aws, queues.BOUNCE_QUEUE_URL));
  const orders = workOrderStore(aws, { ...tables, ...queues }, { log: silentLog, metrics: { count() {} } });
  const isEmpty = await seed({ ...options, onNews }, aws, tables, orders);

  // The stand-in has the templates of the demo organisation only.
  const hasMailchimp = options.mailchimp !== false && !isEmpty;
  const managerPort = ports.manager || (await freePort());
  const managerUrl = `http://127.0.0.1:${managerPort}`;
  const realtime = { dynamoUrl: dynamo.directUrl, port: ports.webSocket, managerUrl, dataFolder };
  const webSocketUrl = await startRealtime(starting, { ...realtime, aws, tables, queues, secrets });
  const board = starting.use(await startQueueBoard({ port: ports.queueBoard, redisUrl: redis.url }));
  const issuer = starting.use(
    await startIssuer({ port: ports.issuer, managerUrl, users: signInUsers(isEmpty), dataFolder }),
  );
  const variables = {
    ...endpoints,
    ...tables,
    ...serviceVariables(queues),
    ...secrets,
    PUBLIC_BASE_URL: managerUrl,
    ...options.variables,
    ...standInVariables(standIns, issuer),
    ...(hasMailchimp && mailchimpVariables(mailchimp)),
    WEBSOCKET_API_URL: webSocketUrl,
    PROFILE_URL: "https://register.example.org/profile",
    MANAGER_URL: managerUrl,
    MANAGER_PORT: String(managerPort),
    MANAGER_LINKS: `Inbox=${inbox.url},Queue board=${board.url}`,
  };
  const services = await startServices(starting, variables, options, ports);
  const running = starting.move();
  const access: StackAccess = {
    tables,
    awsUrl: cloud.url,
    dynamoUrl: dynamo.url,
    statusTopicArn: queues.STATUS_TOPIC_ARN,
    webSocketUrl,
    ticketSecret: secrets.REALTIME_TICKET_SECRET,
    inboxUrl: inbox.url,
    smtpPort: inbox.smtpPort,
    managerUrl,
    redisUrl: redis.url,
    commandQueueUrl: queues.SQS_QUEUE_URL,
    ...(isEmpty && { isEmpty }),
  };
  return {
    aws,
    orders,
    tables,
    inbox,
    mailchimp,
    hasMailchimp,
    isEmpty,
    redisUrl: redis.url,
    redisKind: redis.kind,
    queueBoardUrl: board.url,
    managerUrl,
    services,
    access,
    startAnother: async (name) =>
      running.use(await startLocalService(name, { ...variables, HEALTH_PORT: "0" }, options)),
    openOperator: () => {
      const { ticketSecret } = access;
      return openOperator({ orders, webSocketUrl, ticketSecret, userId: isEmpty ? "admin" : "writer" });
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Puts the data there that are missing. True for an organisation that began empty. */
async function seed(
  {
    empty = false,
    participants,
    onNews,
  }: Required<Pick<LocalStackOptions, "participants" | "onNews">> & Pick<LocalStackOptions, "empty">,
  { dynamo }: Aws,
  tables: TableNames,
  orders: WorkOrderStore,
): Promise<boolean> {
  const isEmpty = empty || (await beginningOf(dynamo, tables))?.beginning === "empty";
  if (isEmpty) {
    await seedEmpty(dynamo, tables);
    if (!empty) onNews("These data began empty: the demo organisation is not added.");
    return true;
  }
  const seeded = await seedOrganisation(dynamo, tables, participants);
  if (seeded.added > 0) onNews(`Demo organisation: ${seeded.total} participants.`);
  await seedWorkOrders(orders);
  return false;
}

/** Starts every service and resolves when all are ready. */
async function startServices(
  stack: AsyncDisposableStack,
  variables: Readonly<Record<string, string>>,
  options: LocalStackOptions,
  ports: LocalPorts,
): Promise<Record<LocalServiceName, ServiceProcess>> {
  const processes: ServiceProcess[] = [];
  // All shut down at the same time.
  stack.defer(async () => void (await Promise.all(processes.map((one) => one[Symbol.asyncDispose]()))));
  const start = async (name: LocalServiceName, healthPort: number) => {
    const given = options.entries?.[name];
    const file = name === "manager" && options.dev ? join(import.meta.dirname, "managerDev.ts") : given;
    const entry = file === undefined ? {} : { entry: file };
    const environment = { ...variables, HEALTH_PORT: String(healthPort) };
    processes.push(await startLocalService(name, environment, { ...options, ...entry }));
  };
  await allStarted(localServices.map((name) => start(name, name === "manager" ? 0 : ports[`${name}Health`])));
  return Object.fromEntries(processes.map((one) => [one.name, one])) as Record<LocalServiceName, ServiceProcess>;
}

function serviceVariables(names: QueueNames) {
  const { SQS_QUEUE_URL, STATUS_QUEUE_URL, BOUNCE_QUEUE_URL, STATUS_TOPIC_ARN, S3_BUCKET } = names;
  return { SQS_QUEUE_URL, STATUS_QUEUE_URL, BOUNCE_QUEUE_URL, STATUS_TOPIC_ARN, S3_BUCKET };
}

interface RealtimeParts {
  readonly aws: Aws;
  readonly tables: TableNames;
  readonly queues: QueueNames;
  readonly secrets: LocalSecrets;
  readonly dynamoUrl: string;
  readonly port: number;
  readonly managerUrl: string;
  readonly dataFolder: string;
}

/** The three Lambdas in this process: the stream router behind the pump, connect and disconnect behind the gateway. */
async function startRealtime(stack: AsyncDisposableStack, parts: RealtimeParts): Promise<string> {
  const { aws, tables, queues, secrets } = parts;
  const gateway = stack.use(
    await startWebSocketGateway({
      port: parts.port,
      pageOrigins: [parts.managerUrl],
      connect: makeConnect({
        connections: connections(aws, tables),
        users: configTable(aws, tables, { log: silentLog }),
        ticketSecret: secrets.REALTIME_TICKET_SECRET,
        clock: systemClock,
        log: silentLog,
      }),
      disconnect: makeDisconnect({ connections: connections(aws, tables), log: silentLog }),
    }),
  );
  stack.use(
    await startStreamPump({
      dynamoUrl: parts.dynamoUrl,
      tableName: tables.WORK_ORDERS_TABLE,
      handler: makeStreamRouter({ queue: commandQueue(aws, queues), log: silentLog }),
      checkpointFile: join(parts.dataFolder, "stream-position.json"),
    }),
  );
  return gateway.url;
}
