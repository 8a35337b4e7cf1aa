// Serves TXT records on port 53 of loopback while a program runs, and ends with its code: `keyServer.ts <records> <program> …`.
import { spawn } from "node:child_process";
import { startDns } from "../../infra/local/dns.ts";

const [records = "{}", program = "", ...args] = process.argv.slice(2);
const entries = Object.entries(JSON.parse(records) as Record<string, string>);
await using _dns = await startDns(Object.fromEntries(entries.map(([name, text]) => [name, { TXT: [text] }])), 53);
const child = spawn(program, args, { stdio: "inherit" });
process.exitCode = await new Promise<number>((resolve, reject) => {
  child.on("error", reject);
  child.on("close", (code) => resolve(code ?? 1));
});
