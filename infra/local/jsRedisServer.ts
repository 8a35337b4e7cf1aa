/**
 * A process that runs js-redis-server in the place of redis-server: `--port <n>` means something, the other settings do
 * not. Started by redis.ts where there is no real Redis.
 */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import {
  createRedisCommandExecutor,
  RedisResult,
  RedisServerState,
  RedisValue,
  Resp2Server,
  resolveCompatibilityProfile,
} from "js-redis-server/core";

const portAt = process.argv.indexOf("--port") + 1;
const runId = randomBytes(20).toString("hex");

const compatibility = resolveCompatibilityProfile("redis-7.2");
const executor = createRedisCommandExecutor({ compatibility });
const server = new Resp2Server({ server: new RedisServerState({ databaseCount: 16, compatibility }), executor });

// Without a run id no client could tell that this server was restarted, and with it everything it held was lost.
const info = executor.getCommandDefinition("info");
if (info) {
  const execute = info.execute;
  info.execute = (args, context) => {
    const result = execute.call(info, args, context);
    const text = result instanceof RedisResult && "value" in result.value ? String(result.value.value) : "";
    if (!text.startsWith("# Server")) return result;
    const identified = text.replace("# Server\r\n", `# Server\r\nrun_id:${runId}\r\n`);
    return RedisResult.create(RedisValue.bulkString(Buffer.from(identified)));
  };
}

// The body of a request that a web page makes a browser send must not be taken for commands. Redis ends the connection at
// `POST` and `Host:`; clients send arrays (RESP) only, which no HTTP request begins like, however long its first line is.
const serve = server.server.listeners("connection") as ((socket: Socket) => void)[];
server.server.removeAllListeners("connection").on("connection", (socket: Socket) => {
  socket.on("error", () => socket.destroy());
  socket.once("data", (start) => {
    if (start[0] !== "*".charCodeAt(0)) return void socket.destroy();
    socket.pause();
    socket.unshift(start);
    for (const listener of serve) listener.call(server.server, socket);
    socket.resume();
  });
});

// It would bind every interface and offers no way to choose.
const listen = server.server.listen.bind(server.server) as (port: number, host: string) => typeof server.server;
server.server.listen = ((port: number) => listen(port, "127.0.0.1")) as typeof server.server.listen;
try {
  await server.listen(Number(process.argv[portAt]));
  process.stdout.write("Ready to accept connections\n");
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
