import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import { roleOf } from "@email-agent/shared/domain/role.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What the roles may do more than those before them, lowest first. */
const roleRights = [
  ["read", "Seeing work orders"],
  ["write", "Changing work orders and starting their steps"],
  ["admin", "The pages of Settings, and so giving yourself this right back"],
] as const;

const switches = [
  ["showAddresses", "Mail addresses in full"],
  ["exportCsv", "Exporting lists of recipients"],
  ["people", "The pages of People"],
] as const;

/**
 * A save by which users take rights from themselves asks first: AppError `conflict` with `details.reason` `own-rights` and what
 * they would lose, in words.
 */
export function refuseOwnLoss(
  user: User,
  { kind, key }: { readonly kind: ConfigKind; readonly key: string },
  before: Fields | undefined,
  after: Fields,
  isConfirmed: boolean | undefined,
): void {
  if (kind !== "user" || key !== user.id || isConfirmed || !before) return;
  const lost = lostRights(before, after);
  if (lost.length === 0) return;
  throw new AppError(
    "conflict",
    `You would take rights from yourself: ${lost.join("; ")}. Confirm it, or change nothing.`,
    {
      details: { reason: "own-rights", lost },
    },
  );
}

function lostRights(before: Fields, after: Fields): string[] {
  const rank = ({ role }: Fields) => roleRights.findIndex(([name]) => name === roleOf(String(role)));
  const roles = roleRights.slice(rank(after) + 1, rank(before) + 1).map(([, words]) => words);
  const others = switches.filter(([name]) => before[name] === true && after[name] !== true).map(([, words]) => words);
  return [...roles, ...lostEvents(events(before), events(after)), ...others];
}

function lostEvents(before: readonly string[], after: readonly string[]): string[] {
  if (after.includes("*")) return [];
  if (before.includes("*")) return [after.length > 0 ? `All events but ${after.join(", ")}` : "All events"];
  const lost = before.filter((code) => !after.includes(code));
  return lost.length > 0 ? [`The events ${lost.join(", ")}`] : [];
}

function events({ eventAccess }: Fields): readonly string[] {
  return Array.isArray(eventAccess) ? eventAccess.map(String) : [];
}
