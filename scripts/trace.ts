// `npm run trace -- <work order>`: the life of a work order as one timeline, from audit, runs, ledger, queues and logs.
import { Command } from "commander";
import { runProgram } from "./ops/program.ts";
import { addTrace } from "./trace/traceOrder.ts";

const help = `
Times are in the zone of this machine (TZ). It shows ids and no addresses.

Logs: those of the local stack are read by themselves. On AWS export them from CloudWatch and name the file, or pipe them in:
  aws logs filter-log-events --log-group-name /email-agent/production/sender --filter-pattern '{ $.workOrderId = "wo-01KAB…" }' \\
    --query 'events[].message' --output json | npm run --silent trace -- wo-01KAB… --logs -
or in Logs Insights, over all groups: fields @timestamp, @message | filter workOrderId = "wo-01KAB…" | sort @timestamp

Examples:
  npm run --silent trace -- wo-01KAB… --since 2h
  npm run --silent trace -- wo-01KAB… --person 200000123
  npm run --silent trace -- wo-01KAB… --json > trace.json

Exit codes: 0 done, 1 refused or not done, 2 wrong use, 130 ended by Ctrl-C.`;

const program = new Command("trace").usage("<work order> (npm run --silent trace -- …)").addHelpText("after", help);
addTrace(program);
await runProgram(program, process.argv.slice(2));
