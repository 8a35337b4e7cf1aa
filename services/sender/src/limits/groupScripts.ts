import { slowing } from "@email-agent/shared/domain/delivery/receiverSlowing.ts";
import { openCheck, prelude } from "./limiterScripts.ts";

/** What Redis keeps of a group that is not used. */
const keptMilliseconds = 10_800_000;

/**
 * State of one receiving domain group in a hash of its own:
 *   next, promised, promisedAt  as of the account: the first free slot, the end of what reserved messages need
 *   from, rate, slowAt          while it is slowed: messages a second before, at the last slowdown, and when that was
 *   since, refusedAt            the first refusal since it last accepted a message, and the newest
 *
 * After Redis was emptied nothing is known of a group, so its first message comes one spacing after the account was opened.
 */
export const groupPrelude = `
local step, factor = ${slowing.stepMilliseconds}, ${slowing.factor}
local function in_group(key, name) return tonumber(redis.call('HGET', key, name) or '0') or 0 end
-- Messages a second, 0 without a limit; whether it is slowed, and when it is raised.
local function group_rate(key, limit)
  local rate, from, at = in_group(key, 'rate'), in_group(key, 'from'), in_group(key, 'slowAt')
  if rate == 0 then return limit, false, 0 end
  local steps = math.max(0, math.floor((now - at) / step))
  rate = rate * factor ^ steps
  local most = limit > 0 and math.min(limit, from) or from
  if rate >= most * 0.999 then return limit, false, 0 end
  return rate, true, at + (steps + 1) * step
end
local function group_spacing(rate, late) return 1000 / rate + late / math.max(1, rate) end
local function group_next(key, spacing)
  local known = redis.call('HGET', key, 'next')
  return tonumber(known or '') or field('openedAt') + spacing
end
local function keep_group(key, spacing)
  redis.call('PEXPIRE', key, math.ceil(${keptMilliseconds} + 2 * spacing))
end
local function given_up(key)
  local since = in_group(key, 'since')
  return since > 0 and now - since >= ${slowing.survivedMilliseconds} and now - in_group(key, 'refusedAt') < ${slowing.givenUpMilliseconds}
end
`;

/**
 * Takes the next slot of a group together with one of the account, so that the message keeps both. ARGV 4 account spacing
 * ms, 5 slack ms, 6 the group's configured rate ('0': none), 7 late ms. KEYS 6 the group.
 * → closed left | rebuild now | paused left notice | group left | slots delay latest end groupEnd groupBefore
 */
export const takeGroupSlotScript = `${prelude}${openCheck}${groupPrelude}
if pause_left() > 0 then return {'paused', text(pause_left()), redis.call('HGET', account, 'pausedFor') or ''} end
local spacing, slack, limit, late = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local group = KEYS[6]
local own = math.max(field('next'), now)
local rate = group_rate(group, limit)
local slot, tolerance, ended, before = own, late / 2, '', ''
if rate > 0 then
  local gap = group_spacing(rate, late)
  local free = group_next(group, gap)
  -- A message may be late for one of its slots by half of what is allowed, so that neither waits for the other.
  if free > own + tolerance then return {'group', text(free - own - tolerance)} end
  slot = math.max(free, own - tolerance)
  before, ended = text(slot), text(slot + gap + slack)
  redis.call('HSET', group, 'next', ended)
  keep_group(group, gap)
end
local after = text(own + spacing + slack)
redis.call('HSET', account, 'next', after)
return {'slots', text(math.max(own, slot) - now), text(math.min(own, slot) + late + slack - now), after, ended, before}
`;

/** Returns an unused slot of account and group, unless a later one was taken since. ARGV 1 end, 2 length ms, 3 group's end, 4 what it was before. */
export const returnGroupSlotScript = `${prelude}
if redis.call('HGET', account, 'next') == ARGV[1] then redis.call('HSET', account, 'next', text(tonumber(ARGV[1]) - tonumber(ARGV[2]))) end
if ARGV[3] ~= '' and redis.call('HGET', KEYS[6], 'next') == ARGV[3] then redis.call('HSET', KEYS[6], 'next', ARGV[4]) end
return {'returned'}
`;

/** Takes back what was promised to messages that will not use it. ARGV 1 late ms, then configured rate and messages of each group in KEYS 6 and on. */
export const unpromiseGroupsScript = `${prelude}${groupPrelude}
for n = 6, #KEYS do
  local rate = group_rate(KEYS[n], tonumber(ARGV[2 * (n - 6) + 2]))
  if rate > 0 and redis.call('HEXISTS', KEYS[n], 'promised') == 1 then
    local less = group_spacing(rate, tonumber(ARGV[1])) * tonumber(ARGV[2 * (n - 6) + 3])
    redis.call('HSET', KEYS[n], 'promised', text(math.max(0, in_group(KEYS[n], 'promised') - less)))
  end
end
return {'lowered'}
`;

/**
 * A reply of a receiving group. ARGV 1 ok | refused, 2 configured rate ('0': none), 3 messages a second it got lately, 4 how long
 * ago the message began ms. KEYS 6 the group.
 * → rate, rate before the slowdown, whether this slowed it, whether it accepted a message since the last refusal, whether it is
 * given up now
 */
export const recordGroupScript = `${prelude}${groupPrelude}
local group, limit = KEYS[6], tonumber(ARGV[2])
local rate, slowed = group_rate(group, limit)
if ARGV[1] == 'ok' then
  redis.call('HDEL', group, 'since')
  return {tostring(rate), '0', '', 'yes', ''}
end
local since = in_group(group, 'since')
local accepted = since == 0
if accepted or now - in_group(group, 'refusedAt') > ${slowing.episodeMilliseconds} then since = now end
redis.call('HSET', group, 'since', text(since), 'refusedAt', text(now))
local began, from = '', in_group(group, 'from')
local at = in_group(group, 'slowAt')
if not slowed or (now - tonumber(ARGV[4]) >= at and now - at >= ${slowing.settleMilliseconds}) then
  local present = tonumber(ARGV[3])
  if limit > 0 then present = math.min(limit, present) end
  if slowed then present = rate else from = present end
  rate = math.max(${slowing.floorPerSecond}, present / 2)
  from = math.max(from, rate * factor)
  redis.call('HSET', group, 'rate', tostring(rate), 'from', tostring(from), 'slowAt', text(now))
  -- What was promised at the old rate is void; what lies ahead begins at the new one.
  redis.call('HDEL', group, 'promised')
  local whole = now + step * (1 + math.ceil(math.log(from / rate) / math.log(factor)))
  if field('slowedUntil') < whole then redis.call('HSET', account, 'slowedUntil', text(whole)) end
  began = 'yes'
end
keep_group(group, 0)
return {tostring(rate), tostring(from), began, accepted and 'yes' or '', given_up(group) and 'yes' or ''}
`;

/** ARGV: the configured rate of each group in KEYS 6 and on. → now, then for each: rate, slowed, raised in ms */
export const groupStatesScript = `${prelude}${groupPrelude}
local result = {text(now)}
for n = 6, #KEYS do
  local rate, slowed, raised = group_rate(KEYS[n], tonumber(ARGV[n - 5]))
  result[#result + 1] = tostring(rate)
  result[#result + 1] = slowed and 'yes' or ''
  result[#result + 1] = text(math.max(0, raised - now))
end
return result
`;
