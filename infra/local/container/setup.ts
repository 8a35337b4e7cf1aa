// The one-shot container that readies everything before the services start. Safe to run again: what exists stays.
import { copyFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { type VariableName, variables } from "@email-agent/shared/kit/variables.ts";
import { tableNames } from "../../resources.ts";
import { participantsFrom } from "../commandLine.ts";
import { createTables } from "../createTables.ts";
import { seedOrganisation } from "../demo/seed.ts";
import { pinDemoAccounts, seedRealMail } from "../demo/seedRealMail.ts";
import { seedWorkOrders } from "../demo/seedWorkOrders.ts";
import { issuerKeys } from "../issuer/issuerKeys.ts";
import { localCredentials } from "../localCredentials.ts";
import { localSecrets, secretsFile } from "../localSecrets.ts";
import type { StackAccess } from "../stackAccess.ts";
import { refuseWrongValues, type Values, writeEnvironmentFiles } from "./environmentFiles.ts";
import { readyCloud } from "./readyCloud.ts";
import { mailchimpValues, mailValues } from "./realServices.ts";
import { accessFile, dataFolder, environmentFolder } from "./runPart.ts";

/** A volume that no other container mounts. */
const secretsFolder = "/secrets";

/** The addresses of the others in the network of the containers. */
const standIns = {
  mailchimpUrl: "http://mailchimp:8027/3.0",
  website: "website:8029",
  smtp: { host: "inbox", port: 8023 },
};
const say = (text: string) => process.stdout.write(`${text}\n`);

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const given = givenValues();
  // What .env lacks or has wrong is said before anything is made.
  const mailchimp = mailchimpValues(process.env, standIns);
  const mail = mailValues(process.env, standIns);
  refuseWrongValues({ ...given, ...mailchimp, ...mail.values });
  const participants = participantsFrom("DEMO_PARTICIPANTS", process.env["DEMO_PARTICIPANTS"] ?? "");
  const { AWS_ENDPOINT_URL = "" } = given;
  const tables = tableNames();
  await using aws = openAws({
    AWS_REGION: localCredentials.region,
    AWS_ENDPOINT_URL,
    AWS_ENDPOINT_URL_DYNAMODB: "",
  });
  const [cloud] = await Promise.all([
    readyCloud(aws, AWS_ENDPOINT_URL, join(dataFolder, "objects")),
    createTables(AWS_ENDPOINT_URL, tables),
  ]);
  const { SQS_QUEUE_URL, STATUS_QUEUE_URL, BOUNCE_QUEUE_URL, STATUS_TOPIC_ARN, S3_BUCKET } = cloud.names;
  const queues = { SQS_QUEUE_URL, STATUS_QUEUE_URL, BOUNCE_QUEUE_URL, STATUS_TOPIC_ARN, S3_BUCKET };
  say(`Tables, queues, topic and bucket are there; ${cloud.broughtBack} objects were put back.`);

  const { total } = await seedOrganisation(aws.dynamo, tables, participants);
  const silent = { log: openLog("setup", "error"), metrics: { count() {} } };
  const orders = workOrderStore(aws, { ...tables, STATUS_TOPIC_ARN }, silent);
  await seedWorkOrders(orders);
  await pinDemoAccounts(aws.dynamo, tables, standIns.smtp);
  say(`Demo organisation: ${total} participants.`);
  if (mail.real) {
    await seedRealMail(aws.dynamo, tables, orders, mail.real);
    say(`Orders of account real-mail send real mail through ${mail.real.host}.`);
  }
  if (!mailchimp.MAILCHIMP_BASE_URL) say("Prepare calls the real Mailchimp.");

  moveSecrets();
  const secrets = localSecrets(secretsFolder);
  writeEnvironmentFiles(environmentFolder, {
    ...given,
    ...mailchimp,
    ...mail.values,
    ...tables,
    ...queues,
    ...secrets,
    OIDC_CLIENT_ID: "email-manager",
    OIDC_CLIENT_SECRET: issuerKeys(dataFolder).clientSecret,
  });
  const access: StackAccess = {
    tables,
    awsUrl: AWS_ENDPOINT_URL,
    dynamoUrl: AWS_ENDPOINT_URL,
    statusTopicArn: STATUS_TOPIC_ARN,
    webSocketUrl: "ws://websocket:8024/local",
    ticketSecret: secrets.REALTIME_TICKET_SECRET,
    inboxUrl: "http://inbox:8021",
    smtpPort: 8023,
    managerUrl: given.MANAGER_URL ?? "",
  };
  writeFileSync(join(environmentFolder, "access", accessFile), JSON.stringify(access, null, 2), { mode: 0o600 });
  say("Every service has its variables.");
}

/** Earlier versions kept the secrets where other containers see them. */
function moveSecrets(): void {
  const before = join(dataFolder, secretsFile);
  if (!existsSync(before)) return;
  if (!existsSync(join(secretsFolder, secretsFile))) copyFileSync(before, join(secretsFolder, secretsFile));
  rmSync(before);
}

/** The product's variables among those the compose file sets. */
function givenValues(): Values {
  const names = Object.keys(variables) as VariableName[];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]).filter(([, value]) => value)) as Values;
}
