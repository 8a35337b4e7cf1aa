import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { anAccount } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { silent } from "../../testing/sendFixture.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";
import type { Mailer } from "../smtp/mailer.ts";
import { connectionPool } from "./connectionPool.ts";

const account = anAccount({ maxConnections: 1 });

/** A pool whose servers are silent until `speak`. */
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
    ready: () => spoken.then(() => undefined),
    send: async () => ({ dataSent: true, phase: "dot", code: 250, response: "250 ok" }),
    endSession: () => {},
    [Symbol.asyncDispose]: async () => {},
  };
  const limiter = { takeSlot, slotWanted: async () => false } as unknown as AccountLimiter;
  const pool = connectionPool(
    { limiter, openMailer: async () => mailer, log: silent, clock: systemClock },
    { idleMilliseconds: 5 },
  );
  return { pool, speak, slots: () => slots };
}

test("a server that is silent while the connection is set up delays no stop, and its slot is not lost", async () => {
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

test("an idle connection is left to another process that waits for it, after a while also where messages follow", async () => {
  let [wanted, open] = [false, 0];
  const mailer: Mailer = {
    ready: async () => {},
    send: async () => ({ dataSent: true, phase: "dot", code: 250, response: "250 ok" }),
    endSession: () => {},
    [Symbol.asyncDispose]: async () => {
      open -= 1;
    },
  };
  const slot = { lost: new AbortController().signal, [Symbol.asyncDispose]: async () => {} };
  const limiter = { takeSlot: async () => slot, slotWanted: async () => wanted } as unknown as AccountLimiter;
  let elapsed = 0;
  const clock = { ...systemClock, monotonic: () => performance.now() + elapsed };
  const openMailer = async () => {
    open += 1;
    return mailer;
  };
  const limits = { idleMilliseconds: 60_000 };
  await using pool = connectionPool({ limiter, openMailer, log: silent, clock }, limits);
  const { signal } = new AbortController();
  {
    using _sending = pool.join(account);
    await pool.use(account, signal, async () => "sent");
    wanted = true;
    await pool.use(account, signal, async () => "sent");
    expect(open).toBe(1);
    elapsed += 20_000;
    await pool.use(account, signal, async () => "sent");
    await eventually("it is closed", () => open === 0);
    wanted = false;
    await pool.use(account, signal, async () => "sent");
    wanted = true;
  }
  await eventually("it is closed, as nothing is sent here any more", () => open === 0);
});
