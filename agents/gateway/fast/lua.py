"""What Redis decides in one step, so that nothing can come between looking and writing.

`seq` is compared as a double: above 2**53 two may look equal, and then the full way decides.
"""

#: is the record there, under the keys that proved the request, and does somebody watch for changes?
_KNOWN = """
local record = redis.call('HMGET', KEYS[1], 'keys', 'machine', 'boot', 'seq', 'said', 'until')
if not record[1] or record[1] ~= ARGV[2] then return {'full'} end
local now, watched = tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[3]) or '0')
if now > tonumber(record[6]) or now > watched + tonumber(ARGV[3]) then return {'full'} end
local version = redis.call('HGET', KEYS[4], record[2]) or '0'
"""

#: a sample that comes late is left out: a stream's numbers only rise
#: KEYS: record, nonce, watched, versions, hot, last seen, beats, interval
#: ARGV: now, keys, watched within, nonce kept, node, boot, seq, said, version; for telemetry:
#: where, its number there, the most samples, seconds to keep, then pairs of GPU and sample
BEAT = (
    _KNOWN
    + """
if record[3] ~= ARGV[6] or record[5] ~= ARGV[8] or version ~= ARGV[9] then return {'full'} end
if tonumber(ARGV[7]) <= tonumber(record[4]) then return {'full'} end
if redis.call('SISMEMBER', KEYS[5], record[2]) == 1 then return {'full'} end
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[4]) then return {'full'} end
redis.call('HSET', KEYS[1], 'seq', ARGV[7])
redis.call('ZADD', KEYS[6], 'GT', ARGV[1], record[2])
redis.call('ZADD', KEYS[7], 'GT', ARGV[1], ARGV[5])
if ARGV[14] then
  local name = ARGV[10] .. record[2]
  redis.pcall('XADD', name, 'MAXLEN', ARGV[12], ARGV[11], unpack(ARGV, 14))
  redis.call('EXPIRE', name, ARGV[13])
end
return {'fast', version, redis.call('GET', KEYS[8]) or ''}
"""
)

#: KEYS: record, nonce, watched, versions
#: ARGV: now, keys, watched within, nonce kept
LISTEN = (
    _KNOWN
    + """
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[4]) then return {'full'} end
return {'fast', version, record[2]}
"""
)

#: the number never falls, also when a slower full beat comes to write what a faster one passed
#: KEYS: record; ARGV: seconds to keep, boot, seq, then pairs of field and value
REMEMBER = """
local boot, seq = unpack(redis.call('HMGET', KEYS[1], 'boot', 'seq'))
local most = ARGV[3]
if boot == ARGV[2] and tonumber(seq) > tonumber(most) then most = seq end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'boot', ARGV[2], 'seq', most, unpack(ARGV, 4))
redis.call('EXPIRE', KEYS[1], ARGV[1])
return most
"""
