import { createServer } from "node:net";

/** Where the local stack listens, all on 127.0.0.1. */
export interface LocalPorts {
  readonly manager: number;
  readonly inboxPage: number;
  readonly queueBoard: number;
  readonly smtp: number;
  readonly webSocket: number;
  readonly dynamo: number;
  readonly cloud: number;
  readonly mailchimp: number;
  readonly redis: number;
  readonly website: number;
  readonly ingestHealth: number;
  readonly campaignHealth: number;
  readonly senderHealth: number;
  readonly notifierHealth: number;
  readonly issuer: number;
}

export const firstPort = 8020;

/** Fifteen ports in a row from `first`, so that one number moves the whole stack. */
export function portsFrom(first: number): LocalPorts {
  return {
    manager: first,
    inboxPage: first + 1,
    queueBoard: first + 2,
    smtp: first + 3,
    webSocket: first + 4,
    dynamo: first + 5,
    cloud: first + 6,
    mailchimp: first + 7,
    redis: first + 8,
    website: first + 9,
    ingestHealth: first + 10,
    campaignHealth: first + 11,
    senderHealth: first + 12,
    notifierHealth: first + 13,
    issuer: first + 14,
  };
}

/** Zero everywhere: every part picks a free port. */
export const freePorts: LocalPorts = Object.fromEntries(
  Object.keys(portsFrom(0)).map((name) => [name, 0]),
) as unknown as LocalPorts;

/** Throws one plain sentence naming every port that is taken. */
export async function refuseTakenPorts(ports: LocalPorts): Promise<void> {
  const checked = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => ({ name, port, free: port === 0 || (await isFree(port)) })),
  );
  const taken = checked.filter(({ free }) => !free).map(({ name, port }) => `${port} (${name})`);
  if (taken.length > 0)
    throw new Error(
      `Port ${taken.join(", ")} is taken. If email-agent is already running, use that one; else start with other ports: npm start -- --port 9020`,
    );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
