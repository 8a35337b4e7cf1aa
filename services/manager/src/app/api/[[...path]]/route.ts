import { noSuchAddress } from "../../../server/http/noSuchAddress.ts";
import { theManager } from "../../../server/manager.ts";

const nothing = (request: Request) => noSuchAddress(theManager(), request);

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT };
