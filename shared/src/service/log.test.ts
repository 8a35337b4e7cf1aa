import { expect, test } from "vitest";
import { addressHash, openLog, withLogContext } from "./log.ts";

function lines() {
  const written: string[] = [];
  return { written, write: (line: string) => void written.push(line) };
}

test("no address, ticket or secret reaches a line, wherever it stands", () => {
  const sink = lines();
  const log = openLog("sender", "info", sink);
  const cause = new Error("550 5.1.1 <åsa.o'neil+x@mail.example.org> unknown");
  log.error(
    { error: new Error("refused anna@example.org", { cause }), password: "p4ss", nested: { apiKey: "k3y" } },
    "to bob@example.com",
  );
  log.info({ url: "wss://x/live?ticket=abc.def&y=1" }, "connect");
  const text = sink.written.join("");
  expect(text).not.toMatch(/anna@|bob@|neil\+x@|p4ss|k3y|abc\.def/);
  expect(text).toContain("…@example.com");
  expect(text).toContain("550 5.1.1");
});

test("the context rides along over awaits and nests", async () => {
  const sink = lines();
  const log = openLog("ingest", "info", sink);
  await withLogContext({ workOrderId: "wo-1" }, async () => {
    await Promise.resolve();
    withLogContext({ commandId: "c-1" }, () => log.info({}, "judged"));
  });
  log.info({}, "outside");
  const [inside, outside] = sink.written.map((line) => JSON.parse(line));
  expect(inside).toMatchObject({ service: "ingest", level: "info", workOrderId: "wo-1", commandId: "c-1" });
  expect(outside).not.toHaveProperty("workOrderId");
});

test("the hash of an address ignores case and space", () => {
  expect(addressHash(" Anna@Example.org ")).toBe(addressHash("anna@example.org"));
});
