// `docker compose run --rm demo`: the demo, through the running containers.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { runDemo } from "../demo/runDemo.ts";
import type { StackAccess } from "../stackAccess.ts";
import { accessFile, environmentFolder } from "./runPart.ts";

const participants = Number(process.env["DEMO_PARTICIPANTS"]);
const inboxPage = process.env["INBOX_PAGE"];
try {
  const access = JSON.parse(readFileSync(join(environmentFolder, accessFile), "utf8")) as StackAccess;
  process.exitCode = (await runDemo(access, { participants, ...(inboxPage && { inboxPage }) })) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${styleText("red", (error as Error).message)}\n`);
  process.exitCode = 1;
}
