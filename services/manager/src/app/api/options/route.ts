import { apiRoute } from "../../../server/http/apiRoute.ts";
import { readOptions } from "../../../server/orders/readOptions.ts";

export const GET = apiRoute({}, async ({ manager, user }) => readOptions(manager, user));
