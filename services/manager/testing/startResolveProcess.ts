import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { ResolveManyBody } from "../src/api/doubts.ts";

export interface ResolveProcessOptions {
  readonly user: User;
  readonly orderId: string;
  readonly body: ResolveManyBody;
  /** It kills itself when this batch of writes is about to be sent: 25 mails, or 25 lines of the audit. */
  readonly diesAtBatch: number;
}

/** Resolves many mails in doubt in a process; resolves to the signal that ended it. */
export async function resolveInProcess(
  environment: object,
  options: ResolveProcessOptions,
): Promise<NodeJS.Signals | null> {
  const program = join(import.meta.dirname, "resolveProcess.ts");
  const args = [program, JSON.stringify(environment), JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [, signal] = await once(child, "exit");
  return signal;
}
