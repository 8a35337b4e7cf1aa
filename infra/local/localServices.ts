import { join } from "node:path";
import { type ServiceProcess, startServiceProcess } from "./serviceProcess.ts";

export const localServices = ["ingest", "campaign", "sender", "notifier", "manager"] as const;
export type LocalServiceName = (typeof localServices)[number];

const root = join(import.meta.dirname, "..", "..");
const readySeconds = 60;

/** Starts a service process of this checkout and resolves when it says that it is ready. `signal` ends the wait, and it. */
export async function startLocalService(
  name: LocalServiceName,
  environment: Readonly<Record<string, string>>,
  listeners: {
    readonly entry?: string;
    readonly onLine?: (service: string, line: string) => void;
    readonly onNews?: (text: string) => void;
    readonly signal?: AbortSignal;
  },
): Promise<ServiceProcess> {
  const { onLine = () => {}, onNews = () => {}, signal } = listeners;
  signal?.throwIfAborted();
  const ready = Promise.withResolvers<void>();
  const giveUp = () => ready.reject(signal?.reason);
  signal?.addEventListener("abort", giveUp);
  const lines: string[] = [];
  const service = startServiceProcess({
    name,
    entry: listeners.entry ?? join(root, "services", name, "src", "main.ts"),
    // Compiled code is kept between starts: a service is up in a fraction of the time.
    environment: { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node"), ...environment },
    onNews: (text) => {
      onNews(text);
      if (text.includes("cannot start")) ready.reject(new Error(`${text} ${lines.join(" ")}`));
    },
    onLine: (service, line) => {
      if (line.includes('"msg":"ready"')) ready.resolve();
      lines.push(line);
      if (lines.length > 20) lines.shift();
      onLine(service, line);
    },
  });
  const timer = setTimeout(
    () =>
      ready.reject(
        new Error(
          lines.length === 0
            ? `${name} was not ready in ${readySeconds} s and wrote nothing. If other programs keep this machine busy, try again when they have ended.`
            : `${name} was not ready in ${readySeconds} s. It wrote last: ${lines.slice(-3).join(" ")}`,
        ),
      ),
    readySeconds * 1000,
  );
  try {
    await ready.promise;
    return service;
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}
