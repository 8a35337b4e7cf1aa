import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { failure } from "./failure.ts";

/** What the API answers where it has nothing: an error like all others, and not a page. */
export function noSuchAddress({ log }: Pick<Manager, "log">, request: Pick<Request, "url">): Response {
  const { pathname } = new URL(request.url);
  return failure(log, new AppError("not-found", `The API has nothing at ${pathname}. Look at the address again.`));
}
