import { z } from "zod";
import { roleOf } from "./role.ts";

/** A role as items, tickets and connections carry it. */
export const roleSchema = z.string().min(1).transform(roleOf);
