const times = {
  /** A worker renews its lease, on a run or a chunk, this often. */
  heartbeatMilliseconds: 10_000,
  /** Nothing begins once the last renewal is this old. */
  proofMilliseconds: 20_000,
  /** No message begins once its claim is this old. */
  claimMilliseconds: 60_000,
  /** A lease without heartbeat for this long is taken over. */
  takeOverMilliseconds: 60_000,
  /** A run or chunk not picked up for this long gets its job again; a settler silent for this long is replaced. */
  pickUpMilliseconds: 15_000,
  /** How long the last write of a run, a chunk or an outcome is retried while the database is away. */
  finalWriteMilliseconds: 300_000,
  settlerHeartbeatMilliseconds: 5_000,

  /** BullMQ: a job whose worker does not renew the lock for this long is waiting again at the next check for stalled jobs. */
  jobLockMilliseconds: 15_000,
  stalledCheckMilliseconds: 5_000,
  /** BullMQ: the blocking read of an idle worker returns after this. */
  blockingReadMilliseconds: 2_000,
  /** A connection to Redis without a reply for this long is dead. */
  redisSilenceMilliseconds: 5_000,

  /** SQS visibility timeout: how long a command ingest works on stays hidden; renewed at a third of it. */
  commandVisibilityMilliseconds: 30_000,
  /** A command that was not checked for this long is sent to the queue again. */
  resendMilliseconds: 30_000,

  /** A reservation of rate slots that has not become a claim by then is void. */
  reservationMilliseconds: 5_000,
  /** An account whose counter in Redis was lost stays closed for this long before the counter is read from the table. */
  accountBlockMilliseconds: 10_000,
  /** Rate slots reserved longer ago than this count no more. */
  promiseMilliseconds: 65_000,
  /** Messages are reserved and claimed this long before their rate slots. */
  aheadMilliseconds: 1_000,
  /** People who were read longer ago than this are read once more before their message begins. */
  freshMilliseconds: 1_500,

  /** Graceful shutdown, after SIGTERM: messages without a reply become in-doubt, handlers lose their runs, the process ends. */
  drainMilliseconds: 20_000,
  releaseMilliseconds: 25_000,
  shutdownMilliseconds: 33_000,
};

export type LeaseTimes = Readonly<typeof times>;

/**
 * The times of production whose order keeps the product safe; `rules` is that order. A time that takes part in no rule
 * is defined where it is used. Tests of services pass shorter ones.
 */
export const leaseTimes: LeaseTimes = Object.freeze(times);

interface Rule {
  /** Names whose sum is smaller than, or as large as, the other. */
  readonly sum: readonly (keyof LeaseTimes)[];
  readonly relation: "<" | "≤";
  readonly than: keyof LeaseTimes;
  readonly because: string;
}

const rule = (
  sum: keyof LeaseTimes | readonly (keyof LeaseTimes)[],
  relation: Rule["relation"],
  than: keyof LeaseTimes,
  because: string,
): Rule => ({ sum: [sum].flat() as Rule["sum"], relation, than, because });

const rules: readonly Rule[] = [
  rule("heartbeatMilliseconds", "<", "proofMilliseconds", "a live worker can prove its lease"),
  rule("proofMilliseconds", "<", "claimMilliseconds", "a lost lease is noticed before its claims come of age"),
  rule("claimMilliseconds", "≤", "takeOverMilliseconds", "no claim is settled while its message may still begin"),
  rule("pickUpMilliseconds", "<", "takeOverMilliseconds", "a lost job is added again before its run counts as lost"),
  rule(
    "takeOverMilliseconds",
    "<",
    "finalWriteMilliseconds",
    "an outage in which nothing is taken over costs no result",
  ),
  rule("settlerHeartbeatMilliseconds", "<", "pickUpMilliseconds", "a live settler is not replaced"),
  rule(
    ["jobLockMilliseconds", "stalledCheckMilliseconds"],
    "<",
    "takeOverMilliseconds",
    "a job whose worker died before the pick-up runs again before its run counts as lost",
  ),
  rule("redisSilenceMilliseconds", "<", "jobLockMilliseconds", "a job keeps its lock over a dead connection"),
  rule(
    "blockingReadMilliseconds",
    "<",
    "redisSilenceMilliseconds",
    "an idle worker's connection is not taken for dead",
  ),
  rule("commandVisibilityMilliseconds", "≤", "resendMilliseconds", "a command ingest works on is not sent again"),
  rule("reservationMilliseconds", "<", "accountBlockMilliseconds", "every reservation is in the table or void by then"),
  rule("claimMilliseconds", "≤", "promiseMilliseconds", "a claim that may still begin has its rate slot"),
  rule("aheadMilliseconds", "<", "freshMilliseconds", "people are read once for a message that begins in time"),
  rule("drainMilliseconds", "<", "releaseMilliseconds", "what is on the wire is recorded before its run is released"),
  rule("releaseMilliseconds", "<", "shutdownMilliseconds", "every run is released before the process ends"),
];

/** One sentence for each rule that the times break. */
export function misorderedTimes(given: LeaseTimes): string[] {
  return rules
    .filter(({ sum, relation, than }) => {
      const total = sum.reduce((milliseconds, name) => milliseconds + given[name], 0);
      return !(relation === "<" ? total < given[than] : total <= given[than]);
    })
    .map(({ sum, relation, than, because }) => `${sum.join(" + ")} must be ${relation} ${than}: ${because}.`);
}

const misordered = misorderedTimes(leaseTimes);
if (misordered.length > 0) throw new Error(misordered.join(" "));
