// The operator's command line, on the running local stack or by the environment of a service. Its commands: `scripts/ops`.
import { opsProgram } from "./ops/opsProgram.ts";
import { runProgram } from "./ops/program.ts";

await runProgram(opsProgram(), process.argv.slice(2));
