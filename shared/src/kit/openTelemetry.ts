import { context, DiagLogLevel, diag, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { parseTraceParent } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Log } from "./log.ts";
import { loggableText } from "./loggable.ts";
import { type SpanOptions, type Tracing, useTracing } from "./tracing.ts";

const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, client: SpanKind.CLIENT } as const;

/**
 * Sends spans to an OpenTelemetry collector (OTLP over HTTP, JSON) until it is disposed of. Import this module only where a
 * collector is configured: it loads the whole SDK.
 */
export function startTracing(service: string, endpoint: string, log: Log): AsyncDisposable {
  return useTracing(openTelemetry(service, endpoint, log));
}

/**
 * OpenTelemetry's SDK behind `Tracing`. `endpoint` is the base address of a collector, to which `/v1/traces` is added
 * (opentelemetry.io/docs/specs/otel/protocol/exporter). A collector that does not respond costs log lines and no work.
 */
function openTelemetry(service: string, endpoint: string, log: Log): Tracing {
  const say = (message: string, ...details: unknown[]) => log.warn({ details }, `OpenTelemetry: ${message}`);
  const silent = () => {};
  diag.setLogger({ error: say, warn: say, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, "")}/v1/traces` });
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ "service.name": service })),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const tracer = provider.getTracer("email-agent");
  const active = () => trace.getSpanContext(context.active());

  return {
    inSpan(name, { kind, parent, attributes }: SpanOptions, work) {
      const remote = parent === undefined ? null : parseTraceParent(parent);
      const from = remote ? trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true }) : context.active();
      const options = { ...(kind && { kind: kinds[kind] }), ...(attributes && { attributes: { ...attributes } }) };
      return tracer.startActiveSpan(name, options, from, async (span) => {
        try {
          return await work();
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: loggableText(String(error)) });
          throw error;
        } finally {
          span.end();
        }
      });
    },
    traceparent() {
      const span = active();
      return span && `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, "0")}`;
    },
    traceId: () => active()?.traceId,
    [Symbol.asyncDispose]: () =>
      provider.shutdown().catch((error: unknown) => log.warn({ error }, "the last spans could not be sent")),
  };
}
