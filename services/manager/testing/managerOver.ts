import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { readConfig } from "@email-agent/shared/kit/config.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { type Manager, openManager } from "../src/server/manager.ts";

export interface ManagerUnderTest {
  readonly manager: Manager;
  /** Everything logged as a warning or an error. */
  readonly complaints: {
    readonly level: "warn" | "error";
    readonly message: string;
    readonly fields: Record<string, unknown>;
  }[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** A user who may do everything, unless `fields` say otherwise. */
export function aUser(fields: Partial<User> = {}): User {
  const rights = { eventAccess: ["*"], showAddresses: true, exportCsv: true };
  return { id: "anna", name: "Anna", role: "write", ...rights, ...fields };
}

/** The manager's server side over a stack; `environment` holds the names of its tables and bucket, and its endpoints. With a log of its `own` it has no complaints. */
export function managerOver(
  environment: Readonly<Record<string, string>>,
  clock?: Pick<Clock, "now">,
  own?: Log,
): ManagerUnderTest {
  const read = readConfig("manager", {
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    WEBSOCKET_API_URL: "ws://127.0.0.1:1/local",
    MAILCHIMP_REPLY_TO: "reply@example.org",
    PUBLIC_BASE_URL: "https://mail.example.org",
    PUBLIC_TOKEN_SECRET: "a-secret-of-the-tests-only",
    REALTIME_TICKET_SECRET: "another-secret-of-the-tests",
    SESSION_SECRET: "one-more-secret-of-the-tests-only",
    MANAGER_URL: "http://127.0.0.1:8090",
    OIDC_ISSUER: "http://127.0.0.1:1",
    OIDC_CLIENT_ID: "manager",
    OIDC_CLIENT_SECRET: "not-a-secret",
    ...environment,
  });
  if ("problems" in read) throw new Error(read.problems.map(({ name, text }) => `${name} ${text}`).join("; "));
  const complaints: ManagerUnderTest["complaints"][number][] = [];
  const complain = (level: "warn" | "error") => (fields: Record<string, unknown>, message: string) =>
    void complaints.push({ level, message, fields });
  const log: Log = { debug: () => {}, info: () => {}, warn: complain("warn"), error: complain("error") };
  const manager = openManager(read.config, own ?? log, clock);
  return { manager, complaints, [Symbol.asyncDispose]: () => manager[Symbol.asyncDispose]() };
}
