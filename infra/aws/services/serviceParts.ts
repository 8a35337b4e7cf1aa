import type { DataStack } from "../data/dataStack.ts";
import type { MessagingStack } from "../messaging/messagingStack.ts";
import type { RealtimeStack } from "../realtime/realtimeStack.ts";

/** The product's services that run as tasks. */
export const workerNames = ["ingest", "campaign", "sender", "notifier", "manager"] as const;
export type WorkerName = (typeof workerNames)[number];

export function clusterName(environmentName: string): string {
  return `email-agent-${environmentName}`;
}

/** The stacks the services stand on. */
export interface ServiceParts {
  readonly data: DataStack;
  readonly messaging: MessagingStack;
  readonly realtime: RealtimeStack;
}
