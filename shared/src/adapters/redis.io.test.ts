import { once } from "node:events";
import { connect } from "node:net";
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, test } from "vitest";
import { freePort } from "../../../infra/local/freePort.ts";
import { startRedis } from "../../../infra/local/redis.ts";
import { eventually } from "../../testing/eventually.ts";
import { loopbackCertificate, loopbackKey } from "../../testing/loopbackCertificate.ts";
import { silentLog } from "../../testing/pipeline.ts";
import { tcpProxy } from "../../testing/tcpProxy.ts";
import { openRedis } from "./redis.ts";

test("opened before there is a Redis, it waits for it and says so once", async () => {
  const port = await freePort();
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (_: object, text: string) => void warnings.push(text) };
  const opening = openRedis({ REDIS_URL: `redis://127.0.0.1:${port}` }, log);
  await eventually("the outage is logged", async () => warnings.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await using server = await startRedis({ port, kinds: ["path", "debian", "js"] });
  await using redis = await opening;
  expect(await redis.ping()).toBe("PONG");
  expect(server.url).toContain(String(port));
  expect(warnings).toEqual(["Redis is away; trying again until it is back"]);
});

test("a Redis that evicts, or does not know us, is refused at once", async () => {
  await using server = await startRedis({ kinds: ["path", "debian"] });
  await using redis = await openRedis({ REDIS_URL: server.url }, silentLog);
  await redis.config("SET", "maxmemory-policy", "allkeys-lru");
  await expect(openRedis({ REDIS_URL: server.url }, silentLog)).rejects.toThrow("maxmemory-policy allkeys-lru");
  await redis.config("SET", "maxmemory-policy", "noeviction", "requirepass", "hidden");
  await expect(openRedis({ REDIS_URL: server.url }, silentLog)).rejects.toThrow("NOAUTH");
});

test("a connection that died without a word is replaced within seconds", async () => {
  await using server = await startRedis();
  await using proxy = await tcpProxy(Number(new URL(server.url).port));
  await using redis = await openRedis({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` }, silentLog);
  proxy.silence();
  await expect(redis.ping()).rejects.toThrow();
  await eventually("it answers again", async () => (await redis.ping().catch(() => "")) === "PONG", {
    withinSeconds: 15,
  });
}, 30_000);

test("rediss:// speaks TLS, and only with a certificate it can verify", async () => {
  await using server = await startRedis();
  const tls = createTlsServer({ cert: loopbackCertificate, key: loopbackKey }, (client) => {
    const plain = connect(Number(new URL(server.url).port), "127.0.0.1");
    client.on("error", () => plain.destroy()).on("close", () => plain.destroy());
    plain.on("close", () => client.destroy());
    client.pipe(plain).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(tls, "listening");
  const { port } = tls.address() as { port: number };
  const errors: string[] = [];
  const log = { ...silentLog, warn: ({ error }: { error?: Error }) => void errors.push(error?.message ?? "") };
  const opening = openRedis({ REDIS_URL: `rediss://localhost:${port}` }, log);
  await eventually("the certificate is refused", () => errors.length > 0);
  expect(errors).toEqual([expect.stringContaining("self-signed certificate")]);
  setDefaultCACertificates([...getCACertificates("default"), loopbackCertificate]);
  await using redis = await opening;
  expect(await redis.ping()).toBe("PONG");
  tls.close();
}, 20_000);
