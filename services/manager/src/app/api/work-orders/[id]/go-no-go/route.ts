import { answer } from "../../../../../server/http/answer.ts";
import { readGoNoGo } from "../../../../../server/sending/readGoNoGo.ts";

export const GET = answer<{ id: string }>({}, ({ manager, user, params }) => readGoNoGo(manager, user, params.id));
