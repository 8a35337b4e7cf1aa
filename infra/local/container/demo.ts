// `docker compose run --rm demo`: the demo, through the running containers.
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { participantsFrom } from "../commandLine.ts";
import { runDemo } from "../demo/runDemo.ts";
import type { StackAccess } from "../stackAccess.ts";
import { accessFile, environmentFolder } from "./runPart.ts";

const needed = ["localstack", "redis", "websocket", "stream-pump", "inbox", "ingest", "campaign", "sender", "notifier"];

const inboxPage = process.env["INBOX_PAGE"];
try {
  const participants = participantsFrom("DEMO_PARTICIPANTS", process.env["DEMO_PARTICIPANTS"] ?? "");
  await refuseWithoutContainers();
  const access = JSON.parse(readFileSync(join(environmentFolder, accessFile), "utf8")) as StackAccess;
  process.exitCode = (await runDemo(access, { participants, ...(inboxPage && { inboxPage }) })) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${styleText("red", (error as Error).message)}\n`);
  process.exitCode = 1;
}

/** The network knows the name of a service as long as one of its containers runs. */
async function refuseWithoutContainers(): Promise<void> {
  const lookups = await Promise.allSettled(needed.map((service) => lookup(service)));
  const away = needed.filter((_, index) => lookups[index]?.status === "rejected");
  if (away.length > 0)
    throw new Error(`No container runs of ${away.join(", ")}. Start what is missing first: docker compose up -d`);
}
