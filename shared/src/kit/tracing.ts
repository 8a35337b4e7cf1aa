/** What a span says besides its name. Never an address or a name of a person. */
export interface SpanOptions {
  /** `server`: a request of a browser; `consumer`: a message of a queue; `client`: a call of another system. */
  readonly kind?: "server" | "consumer" | "client";
  /** W3C trace context (`traceparent`) of what caused it, as a message carried it. Absent: the active span, if there is one. */
  readonly parent?: string | undefined;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** The tracing of a process, while an exporter is configured. */
export interface Tracing extends AsyncDisposable {
  inSpan<Result>(name: string, options: SpanOptions, work: () => Promise<Result>): Promise<Result>;
  /** `traceparent` of the active span. */
  traceparent(): string | undefined;
  traceId(): string | undefined;
}

/** Next.js bundles a copy of this module of its own, so it is kept where both copies find it. */
const ofProcess = globalThis as typeof globalThis & { emailAgentTracing?: Tracing };

/** One of so many messages of a Send has a span: enough to see where the time goes. */
const messagesPerSpan = 50;
let messages = 0;

/** The tracing of this process until it is disposed of (openTelemetry.ts). */
export function useTracing(tracing: Tracing): AsyncDisposable {
  ofProcess.emailAgentTracing = tracing;
  return {
    async [Symbol.asyncDispose]() {
      delete ofProcess.emailAgentTracing;
      await tracing[Symbol.asyncDispose]();
    },
  };
}

/** Runs `work` in a span, if an exporter is configured. */
export function inSpan<Result>(name: string, options: SpanOptions, work: () => Promise<Result>): Promise<Result> {
  return ofProcess.emailAgentTracing?.inSpan(name, options, work) ?? work();
}

/** The same for what is done very often: one in 50 has a span. */
export function inSampledSpan<Result>(
  name: string,
  options: SpanOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!ofProcess.emailAgentTracing || messages++ % messagesPerSpan !== 0) return work();
  return inSpan(name, options, work);
}

/** The trace context for a message that is sent now: `{ traceparent }`, or nothing. */
export function traceContext(): { readonly traceparent?: string } {
  const traceparent = ofProcess.emailAgentTracing?.traceparent();
  return traceparent === undefined ? {} : { traceparent };
}

/** Id of the active trace, for log lines. */
export function traceId(): string | undefined {
  return ofProcess.emailAgentTracing?.traceId();
}
