/** The process is alive; it asks no dependency. */
export const dynamic = "force-static";

export function GET() {
  return Response.json({ status: "alive" });
}
