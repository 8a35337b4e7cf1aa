import type { User } from "@email-agent/shared/domain/configItems.ts";
import { hasRight, type Right } from "@email-agent/shared/domain/role.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { z } from "zod";
import { type Manager, theManager } from "../manager.ts";
import type { Session } from "../signIn/session.ts";
import { signedInUser } from "../signIn/visitor.ts";
import { failure } from "./failure.ts";
import { bytesOf, jsonBody } from "./jsonBody.ts";
import { refuseForeignOrigin } from "./sameOrigin.ts";

/** What a route's handler gets. */
export interface Call<Body, Params> {
  readonly manager: Manager;
  readonly user: User;
  readonly session: Session;
  readonly params: Params;
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly headers: Headers;
  /** Reads the body of a route whose body is no JSON. AppError `too-large` beyond the limit, a megabyte unless given. */
  readonly bytes: (limitBytes?: number) => Promise<Uint8Array>;
  /** Aborts when the browser goes away. */
  readonly signal: AbortSignal;
}

interface Route<Schema extends z.ZodType> {
  /** What a user must have to call it: all of them. */
  readonly rights?: readonly Right[];
  /** Schema of the JSON body; absent for routes without one. */
  readonly body?: Schema;
}

const refusals: Readonly<Record<Right, string>> = {
  write: "You may look, but not change anything: your role is Read Only.",
  admin: "Only administrators may open and change the settings. Ask one of them.",
  people: "You may not open the pages of people. Ask an administrator for the right “people”.",
};

type NextRoute<Params> = (request: Request, context: { params: Promise<Params> }) => Promise<Response>;

/**
 * Makes a route of the API: the user is signed in and allowed, the request comes from our own pages, the body fits its
 * schema. The value of the handler becomes JSON, a Response goes out as it is. What it throws becomes `{error: {code, message, fields?, details?}}` (see failure.ts).
 */
export function apiRoute<
  Params extends Record<string, string> = Record<string, never>,
  Schema extends z.ZodType = z.ZodUndefined,
>(route: Route<Schema>, handler: (call: Call<z.output<Schema>, Params>) => Promise<unknown>): NextRoute<Params> {
  return async (request, context) => {
    const manager = theManager();
    try {
      refuseForeignOrigin(request, manager.config.MANAGER_URL);
      const signedIn = await signedInUser(manager, request);
      if (!signedIn)
        throw new AppError("signed-out", "You are no longer signed in. Sign in again; nothing was changed.");
      const { user, session } = signedIn;
      const missing = route.rights?.find((right) => !hasRight(user, right));
      if (missing) throw new AppError("forbidden", refusals[missing]);
      const value = await handler({
        manager,
        user,
        session,
        params: await context.params,
        query: new URL(request.url).searchParams,
        headers: request.headers,
        bytes: (limitBytes) => bytesOf(request, limitBytes),
        body: route.body ? await bodyOf(request, route.body) : (undefined as z.output<Schema>),
        signal: request.signal,
      });
      if (value instanceof Response) return value;
      if (value === undefined) return new Response(null, { status: 204 });
      return Response.json(value, { headers: { "cache-control": "no-store" } });
    } catch (error) {
      // The browser has left: what the aborted read threw is no failure.
      if (request.signal.aborted) return new Response(null, { status: 499 });
      return failure(manager.log, error);
    }
  };
}

async function bodyOf<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(await jsonBody(request));
  if (parsed.success) return parsed.data;
  const fields = Object.fromEntries(parsed.error.issues.map(({ path, message }) => [path.join("."), message]));
  const first = parsed.error.issues[0];
  const where = first?.path.join(".") || "the body";
  throw new AppError("invalid-input", `The request does not fit: ${where}: ${first?.message}.`, {
    details: { fields },
  });
}
