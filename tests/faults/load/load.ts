import { defineArea, openNothing } from "../scenario.ts";
import { manyOrders } from "./manyOrders.ts";
import { reconnectingBrowsers } from "./reconnectingBrowsers.ts";

/** More at once than there is on any day: everything completes, in bounded time and memory. */
export const load = defineArea<undefined>({
  name: "load",
  title: "Load: many Sends at once, browsers that reconnect",
  open: openNothing,
  scenarios: [
    {
      name: "orders/6",
      isFast: true,
      run: () => manyOrders({ orders: 6, accounts: 2, senders: 1, people: 5 }),
    },
    {
      name: "orders/50",
      withinSeconds: 600,
      run: () => manyOrders({ orders: 50, accounts: 10, senders: 3, people: 20 }),
    },
    {
      name: "browsers/2000",
      withinSeconds: 300,
      run: () => reconnectingBrowsers({ connections: 2000, orders: 5 }),
    },
  ],
});
