import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { ulid } from "ulid";
import { expect, onTestFinished, test } from "vitest";
import { newPage, openBrowser, signIn } from "./browser.ts";
import { startStory } from "./story.ts";

/** A span as OTLP carries it in JSON (opentelemetry.io/docs/specs/otlp). */
interface Span {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes?: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, "service">[] }[];
  }[];
}

/** Takes OTLP over HTTP as a collector does, and keeps every span. */
async function startCollector() {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    if (request.url === "/v1/traces") {
      const { resourceSpans } = (await json(request)) as Export;
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue ?? "";
        spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
      }
    }
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return { spans, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("acceptance 192: one trace leads from the request of a browser across all queues to a mail and back to the browsers", {
  timeout: 180_000,
}, async () => {
  const { spans, address } = await startCollector();
  await using story = await startStory(120, { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: address } });
  const { id } = await story.order("SUMMER26", "reg");
  const ended = await story.complete(id, "Count", "Prepare", "Dry-Run", "Test");
  const confirmRecipients = ended.steps["Dry-Run"].counters?.sent;

  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const { page } = await newPage(browser);
  await signIn(page, story.stack.managerUrl, "Wren Writer");
  const commandId = ulid();
  const status = await page.evaluate(
    async ([path, body]) =>
      (await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body })).status,
    [
      `/api/work-orders/${id}/commands`,
      JSON.stringify({ commandId, step: "Send", action: "start", confirmRecipients }),
    ] as const,
  );
  expect(status).toBe(202);
  await story.operator.until(id, ({ steps: { Send } }) => Send.runId === commandId && Send.status === "complete", 60);

  const ofTrace = () => {
    const command = spans.find(({ name, attributes }) => name === "give command" && saysSend(attributes));
    return command ? spans.filter(({ traceId }) => traceId === command.traceId) : [];
  };
  const pathTo = (name: string) => {
    const trace = ofTrace();
    const path = (span: Span | undefined): string[] =>
      span ? [...path(trace.find(({ spanId }) => spanId === span.parentSpanId)), `${span.service}: ${span.name}`] : [];
    return path(trace.find((span) => span.name === name));
  };
  // Each service sends its spans in batches, five seconds apart, so a span may be here before its parent.
  const toRun = ["manager: give command", "ingest: judge command", "sender: send job", "sender: Send run"];
  await expect
    .poll(() => pathTo("SMTP message"), { timeout: 20_000 })
    .toEqual([...toRun, "sender: send-chunk job", "sender: SMTP message"]);
  const parentsOfBroadcasts = () => {
    const trace = ofTrace();
    const broadcasts = trace.filter(({ name }) => name === "broadcast status event");
    return broadcasts.map(({ parentSpanId }) => {
      const parent = trace.find(({ spanId }) => spanId === parentSpanId);
      return `${parent?.service}: ${parent?.name}`;
    });
  };
  await expect.poll(parentsOfBroadcasts, { timeout: 20_000 }).toContain("ingest: judge command");
  expect(new Set(ofTrace().map(({ service }) => service))).toEqual(
    new Set(["manager", "ingest", "sender", "notifier"]),
  );
  expect(JSON.stringify(spans)).not.toMatch(/@[\w-]+\.example/);
});

function saysSend(attributes: Span["attributes"]): boolean {
  return attributes?.some(({ key, value }) => key === "email_agent.step" && value["stringValue"] === "Send") ?? false;
}

test("a collector that is away delays no mail", { timeout: 120_000 }, async () => {
  await using story = await startStory(60, { variables: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" } });
  const { id } = await story.order("SUMMER26", "reg");
  const ended = await story.complete(id, "Count", "Prepare", "Dry-Run", "Test", "Send");
  expect(ended.steps.Send.counters).toMatchObject({ failed: 0, inDoubt: 0 });
});
