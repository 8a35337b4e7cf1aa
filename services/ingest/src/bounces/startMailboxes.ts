import { bounceMailboxes } from "@email-agent/shared/adapters/bounceMailboxes.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { secrets } from "@email-agent/shared/adapters/secrets.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import { newWorkerName } from "@email-agent/shared/run/workerName.ts";
import type { MailboxTimes } from "./readMailbox.ts";
import { readMailboxes } from "./readMailboxes.ts";
import type { BouncesOptions } from "./startBounces.ts";
import { type ReportPorts, takeReport } from "./takeReport.ts";

export interface MailboxesOptions extends BouncesOptions {
  readonly metrics: Pick<Metrics, "count" | "record">;
  readonly times?: MailboxTimes;
  readonly sweepMilliseconds?: number;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly trustedCertificates?: string;
}

/** Reads the bounce mailboxes of all accounts until it is disposed. */
export function startMailboxes(options: MailboxesOptions, ports: ReportPorts): AsyncDisposable {
  const { aws, config, log, metrics, signal, clock = aws.clock } = options;
  const { times, sweepMilliseconds, trustedCertificates } = options;
  const stack = new AsyncDisposableStack();
  const stored = stack.use(secrets(config, clock));
  stack.use(
    readMailboxes({
      take: (report, raw) => takeReport(ports, report, raw),
      keep: ports.unmatched.keep,
      mailboxes: bounceMailboxes(aws, config),
      config: configTable(aws, config, { log }),
      ...{ secrets: stored, holder: newWorkerName() },
      ...{ clock, log, metrics, signal, trustedCertificates },
      ...(times && { times }),
      ...(sweepMilliseconds !== undefined && { sweepMilliseconds }),
    }),
  );
  return stack;
}
