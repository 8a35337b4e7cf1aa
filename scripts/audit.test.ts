import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";

/** What the command prints, and its exit code, against a registry that gives this answer to the question of npm. */
async function auditAgainst(status: number, advisories: object): Promise<{ code: number; words: string }> {
  const registry = createServer((request, response) => {
    const asked = request.url?.endsWith("/advisories/bulk");
    response.writeHead(asked ? status : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(asked ? advisories : {}));
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  const { port } = registry.address() as AddressInfo;
  const args = [join(import.meta.dirname, "audit.ts"), "--registry", `http://127.0.0.1:${port}`, "--fetch-retries=0"];
  try {
    return await new Promise((resolve) => {
      execFile(process.execPath, args, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), words: stdout + stderr }),
      );
    });
  } finally {
    registry.closeAllConnections();
    registry.close();
  }
}

test("names what production installs and is known to be vulnerable, and fails", { timeout: 60_000 }, async () => {
  const advisory = {
    id: 1,
    url: "https://example.org/1",
    title: "Reads too much",
    severity: "high",
    vulnerable_versions: "*",
  };
  const { code, words } = await auditAgainst(200, { pino: [advisory], vitest: [advisory] });
  expect(words).toContain("pino (high): Reads too much\n");
  expect(words).not.toContain("vitest");
  expect(code).toBe(1);
});

test("is content when the registry knows of nothing", { timeout: 60_000 }, async () => {
  expect(await auditAgainst(200, {})).toEqual({
    code: 0,
    words: "0 packages of production have known vulnerabilities.\n",
  });
});

test("says so where a registry has no audit endpoint, and fails where one is broken", { timeout: 60_000 }, async () => {
  const none = await auditAgainst(405, {});
  expect(none.words).toMatch(/^Nothing was checked: the registry has no audit endpoint \(405\)\./);
  expect(none.code).toBe(0);
  expect((await auditAgainst(500, {})).code).toBe(1);
});
