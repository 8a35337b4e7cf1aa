/** The product's services that run as tasks. */
export const workerNames = ["ingest", "campaign", "sender", "notifier", "manager"] as const;
export type WorkerName = (typeof workerNames)[number];

export function clusterName(environmentName: string): string {
  return `email-agent-${environmentName}`;
}
