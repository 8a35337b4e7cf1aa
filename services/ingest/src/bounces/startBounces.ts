import type { Aws } from "@email-agent/shared/adapters/aws.ts";
import { bounces } from "@email-agent/shared/adapters/bounces.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { contacts } from "@email-agent/shared/adapters/contacts.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { queueConsumer } from "@email-agent/shared/adapters/queueConsumer.ts";
import { unmatchedReports } from "@email-agent/shared/adapters/unmatchedReports.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { reportVisibilitySeconds } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import type { ConfigOf } from "@email-agent/shared/kit/variables.ts";
import { readiness } from "../readiness.ts";
import { keepLimit } from "./keepLimit.ts";
import { matchByAddress } from "./matchByAddress.ts";
import { type ReportPorts, takeReport } from "./takeReport.ts";
import { takeSesMessage } from "./takeSesMessage.ts";

type BouncesConfig = Pick<
  ConfigOf<"ingest">,
  | "BOUNCE_QUEUE_URL"
  | "PUBLIC_TOKEN_SECRET"
  | "AWS_REGION"
  | "AWS_ENDPOINT_URL"
  | "S3_BUCKET"
  | "WORK_ORDERS_TABLE"
  | "STATUS_TOPIC_ARN"
  | "CONFIG_TABLE"
  | "PARTICIPANTS_TABLE"
  | "DELIVERIES_TABLE"
  | "RUNS_TABLE"
  | "QUOTA_TABLE"
  | "AUDIT_TABLE"
>;

export interface BouncesOptions {
  readonly aws: Aws;
  readonly config: BouncesConfig;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
  /** Aborts when no more reports may be taken. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly pollSeconds?: number;
  readonly visibilitySeconds?: number;
}

/** Reports wait for the database only, and come in bursts while a Send works. */
const loops = 4;

/** Everything that taking a report needs: one for a process, as it limits what is kept of unmatched reports. */
export function reportPorts({ aws, config, log, metrics, clock = aws.clock }: BouncesOptions): ReportPorts {
  const ledger = deliveries(aws, config);
  const orders = workOrderStore(aws, config, { log, metrics, clock });
  return {
    deliveries: ledger,
    byAddress: matchByAddress({ deliveries: ledger, contacts: contacts(aws, config), orders, clock }),
    participants: participants(aws, config),
    bounces: bounces(aws, config),
    unmatched: keepLimit(unmatchedReports(aws, config, documents(aws, config)), { clock, log, metrics }),
    config: configTable(aws, config, { log }),
    secrets: config.PUBLIC_TOKEN_SECRET,
    ...{ orders, clock, log, metrics },
  };
}

/** Takes what comes back from SES until it is disposed; nothing where there is no queue. */
export function startBounces(options: BouncesOptions, ports: ReportPorts): AsyncDisposable {
  const { aws, config, log, signal, clock = aws.clock, pollSeconds } = options;
  const { visibilitySeconds = reportVisibilitySeconds } = options;
  const stack = new AsyncDisposableStack();
  if (config.BOUNCE_QUEUE_URL !== "")
    stack.use(
      queueConsumer(aws, {
        queueUrl: config.BOUNCE_QUEUE_URL,
        ...{ loops, signal, log },
        // The database responds, or a message would use up its tries.
        isReady: readiness({ settings: () => ports.config.settings() }, clock),
        handle: (message) => takeSesMessage(message, (report, raw) => takeReport(ports, report, raw), { clock, log }),
        ...(pollSeconds !== undefined && { pollSeconds }),
        visibilitySeconds,
      }),
    );
  return stack;
}
