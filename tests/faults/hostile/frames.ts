import { connections } from "@email-agent/shared/adapters/connections.ts";
import { userSchema } from "@email-agent/shared/domain/configItems.ts";
import { signRealtimeTicket } from "@email-agent/shared/domain/realtimeTicket.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import fc from "fast-check";
import { ulid } from "ulid";
import { makeConnect } from "../../../infra/lambdas/connect.ts";
import { startTestStack } from "../../../infra/local/testStack.ts";
import type { Observed, Trial } from "../scenario.ts";
import { capturedLog } from "./capturedLog.ts";
import { explore } from "./explore.ts";
import { hostileJson } from "./hostileJson.ts";
import { hostileText, mutated } from "./hostileText.ts";

const order = anOrder({ version: 1 });

/** Code of the browser: its types are checked with the Email Manager, which knows the browser's globals. */
const manager = new URL("../../../services/manager/", import.meta.url);

/** What a browser makes of any frame: it goes on, and takes the next event. */
export async function hostileFrames(trial: Trial & { readonly tries: number }): Promise<Observed> {
  const { liveStore } = await import(new URL("src/ui/live/liveStore.ts", manager).href);
  const { liveFixture, snapshot } = await import(new URL("testing/liveFixture.ts", manager).href);
  const event = snapshot(order, Date.UTC(2026, 0, 1));
  const texts = [event, { ...event, type: "work-order.deleted" }, { ...event, type: "work-order.changed" }];
  const frame = fc.oneof(
    fc.tuple(hostileJson, fc.constantFrom(...texts)).map(([make, text]) => make(text)),
    mutated(texts.map((text) => JSON.stringify(text))),
    hostileText,
  );
  return explore(
    fc.array(frame, { minLength: 1, maxLength: 5 }),
    async (frames) => {
      const fixture = liveFixture([order]);
      const store = liveStore(fixture.ports);
      const close = store.open();
      await fixture.settle();
      try {
        for (const text of frames) {
          fixture.socket().onMessage(text);
          fixture.paint();
        }
        await fixture.settle();
        const next = fixture.write(order.id, () => ({ version: 1000, zoomId: "123456789" }));
        if (!("order" in next)) return "no snapshot";
        const newest = { ...next, version: 2_000_000_000, order: { ...next.order, version: 2_000_000_000 } };
        fixture.truth.set(order.id, newest.order);
        fixture.send(newest);
        await fixture.settle();
        store.reload();
        await fixture.settle();
        const shown = store.orders().orders.find(({ id }: { id: string }) => id === order.id);
        return shown ? undefined : "The order is no longer shown.";
      } finally {
        close();
      }
    },
    trial,
  );
}

/** Tickets: only the one that was signed opens a connection, once. */
export async function hostileTickets(trial: Trial & { readonly tries: number }): Promise<Observed> {
  await using stack = await startTestStack();
  const { log, judge } = capturedLog();
  const secret = "a-secret-of-the-tests-only";
  const users = { user: async (id: string) => userSchema.parse({ id, name: id, role: "read", eventAccess: ["*"] }) };
  const store = connections(stack.aws, stack.config);
  const connect = makeConnect({ connections: store, users, log, clock: { now: Date.now }, ticketSecret: secret });
  const ticketOf = (fields: object = {}) =>
    signRealtimeTicket(secret, {
      ...{ ticketId: ulid(), userId: "anna", role: "read", eventAccess: ["*"], exp: Date.now() + 50_000 },
      ...fields,
    } as never);
  const good = ticketOf();
  const examples = [
    good,
    ticketOf({ exp: 0 }),
    signRealtimeTicket("another", { ticketId: "x", userId: "anna", role: "read", eventAccess: ["*"], exp: 1e15 }),
  ];
  const asks = (ticket: string) =>
    connect({ requestContext: { connectionId: ulid() }, queryStringParameters: { ticket } });
  const observed = await explore(
    fc.oneof(mutated(examples), hostileText).filter((text) => text !== good),
    async (ticket) => {
      const { statusCode } = await asks(ticket);
      return statusCode === 401 ? judge() : `A ticket that was never signed opens a connection: ${ticket}`;
    },
    trial,
  );
  const fresh = ticketOf();
  const statuses = [(await asks(fresh)).statusCode, (await asks(fresh)).statusCode];
  const violations = statuses.join() === "200,401" ? [] : [`A signed ticket gets ${statuses.join(", then ")}.`];
  return { ...observed, violations: [...observed.violations, ...violations] };
}
