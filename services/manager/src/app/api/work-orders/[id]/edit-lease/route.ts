import { apiRoute } from "../../../../../server/http/apiRoute.ts";
import { releaseEditLease, renewEditLease, takeEditLease } from "../../../../../server/orders/editLease.ts";
import { takeBodySchema, tokenBodySchema } from "../../../../../server/orders/orderBodies.ts";

type Params = { id: string };

export const POST = apiRoute<Params, typeof takeBodySchema>(
  { rights: ["write"], body: takeBodySchema },
  async ({ manager, user, params, body }) => takeEditLease(manager, user, params.id, body),
);

export const PUT = apiRoute<Params, typeof tokenBodySchema>(
  { rights: ["write"], body: tokenBodySchema },
  async ({ manager, user, params, body }) => renewEditLease(manager, user, params.id, body.token),
);

export const DELETE = apiRoute<Params, typeof tokenBodySchema>(
  { rights: ["write"], body: tokenBodySchema },
  async ({ manager, user, params, body }) => releaseEditLease(manager, user, params.id, body.token),
);
