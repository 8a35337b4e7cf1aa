import { anAccount } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { silent } from "../../testing/sendingHouse.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";
import type { Mailer } from "../smtp/mailer.ts";
import { mailerPool } from "./mailerPool.ts";

const account = anAccount({ maxConnections: 1 });

/** A pool whose servers answer nothing until `speak`. */
function silentServers() {
  const { promise: spoken, resolve: speak } = Promise.withResolvers<void>();
  let slots = 0;
  const takeSlot = async () => {
    slots += 1;
    const free = async () => {
      slots -= 1;
    };
    return { lost: new AbortController().signal, [Symbol.asyncDispose]: free };
  };
  const mailer: Mailer = {
    ready: () => spoken,
    send: async () => ({ dataSent: true, phase: "dot", code: 250, response: "250 ok" }),
    [Symbol.asyncDispose]: async () => {},
  };
  const limiter = { takeSlot } as unknown as AccountLimiter;
  const pool = mailerPool({ limiter, openMailer: async () => mailer, log: silent }, { idleMilliseconds: 5 });
  return { pool, speak, slots: () => slots };
}

test("a server that is silent while the connection is set up holds up no stop, and its slot is not lost", async () => {
  const { pool, speak, slots } = silentServers();
  const stop = new AbortController();
  const ready = pool.ready(account, 1000, stop.signal);
  stop.abort(new Error("stopped"));
  await expect(ready).rejects.toThrow("stopped");

  speak();
  expect(await pool.ready(account, 1000, new AbortController().signal)).toBe(true);
  expect(await pool.use(account, new AbortController().signal, async () => "sent")).toBe("sent");
  expect(slots()).toBe(1);
  await pool[Symbol.asyncDispose]();
  expect(slots()).toBe(0);
});

test("work that fails gives its connection to the next", async () => {
  const { pool, speak } = silentServers();
  speak();
  const { signal } = new AbortController();
  const failing = pool.use(account, signal, async () => {
    throw new Error("broken");
  });
  const next = pool.use(account, signal, async () => "sent");
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe("sent");
  await pool[Symbol.asyncDispose]();
});

test("an account whose fields are read in another order has the same connections", async () => {
  const { pool, speak, slots } = silentServers();
  speak();
  const { signal } = new AbortController();
  const reordered = Object.fromEntries(Object.entries(account).reverse()) as typeof account;
  expect(await pool.ready(account, 1000, signal)).toBe(true);
  expect(await pool.use(reordered, signal, async () => "sent")).toBe("sent");
  expect(slots()).toBe(1);
  await pool[Symbol.asyncDispose]();
});
