import type { User } from "@email-agent/shared/domain/configItems.ts";
import { z } from "zod";
import type { PoolPerson } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";
import { shownTo } from "../people/explainPools.ts";
import { findPerson } from "../people/findPerson.ts";
import { personRow } from "../people/personRow.ts";
import { askedPool, poolEffectSchema } from "./poolEffect.ts";

/** See PoolPersonBody. */
export const poolPersonSchema = poolEffectSchema.extend({ person: z.string().trim().min(1) });

/** Which attribute of a pool, as it is entered, accepts or refuses one person. AppError `not-found` for a person the user may not see. */
export async function poolPerson(
  manager: Manager,
  user: User,
  { person, ...asked }: z.output<typeof poolPersonSchema>,
): Promise<PoolPerson> {
  const { pools, name, event, subEvent } = await askedPool(manager, asked);
  const participant = await findPerson(manager, user, person);
  return {
    person: personRow(user, participant),
    pool: shownTo(user, pools.explain(name, participant, event, subEvent)),
  };
}
