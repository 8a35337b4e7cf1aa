import { AppError } from "@email-agent/shared/kit/errors.ts";

const harmless = ["GET", "HEAD"];

/**
 * Refuses a changing request that did not come from our own pages (cross-site request forgery): browsers send `Origin`
 * with every one. Throws AppError `forbidden`.
 */
export function refuseForeignOrigin(request: Request, managerUrl: string): void {
  if (harmless.includes(request.method)) return;
  const origin = request.headers.get("origin");
  if (origin === new URL(managerUrl).origin) return;
  throw new AppError("forbidden", "This request did not come from a page of the Email Manager.");
}
