import type { User } from "@email-agent/shared/domain/configItems.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { reportOf } from "./reportAccess.ts";

/**
 * `GET /api/returned-reports/{id}/raw`: the report as it came, its first 64 KB, as a file. AppError `forbidden` without
 * `showAddresses`, for it holds addresses; `not-found` after 30 days.
 */
export async function rawReport(
  ports: Pick<Manager, "unmatchedReports" | "documents">,
  user: User,
  id: string,
  signal: AbortSignal,
): Promise<Response> {
  const { raw, sk } = await reportOf(ports, user, id);
  if (!user.showAddresses)
    throw new AppError("forbidden", "The report holds addresses, and you do not have the right to see them.");
  const bytes = raw === undefined ? undefined : await bytesOf(ports, raw, signal);
  if (!bytes) throw new AppError("not-found", "The report as it came is kept for 30 days, and is gone.");
  return new Response(Uint8Array.from(bytes), {
    headers: {
      // Not as a page: whatever a stranger has mailed is in it.
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      "content-disposition": `attachment; filename="report-${sk.replaceAll(/[^0-9A-Za-z]+/g, "-")}.txt"`,
      "cache-control": "no-store",
    },
  });
}

async function bytesOf({ documents }: Pick<Manager, "documents">, key: string, signal: AbortSignal) {
  try {
    return await documents.getBytes(key, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return undefined;
    throw error;
  }
}
