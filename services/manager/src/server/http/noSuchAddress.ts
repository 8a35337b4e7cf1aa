import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { failure } from "./failure.ts";

/** The 404 of the API: JSON like every error, not a page. */
export function noSuchAddress({ log }: Pick<Manager, "log">, request: Pick<Request, "url">): Response {
  const { pathname } = new URL(request.url);
  return failure(log, new AppError("not-found", `The API has nothing at ${pathname}. Check the address.`));
}
