/**
 * How long the Email Manager keeps a connection on which nothing is asked. A load balancer in front must let go of idle ones
 * earlier: one that sends a request at the moment this side closes returns 502 to the browser. Below Node's `headersTimeout`
 * (60 s), which would end the connection otherwise.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues
 */
export const keepAliveSeconds = 55;
