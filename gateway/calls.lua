-- The last filter before the services, which share few connections among all clients. Whatever a
-- stranger could break there ends here: only headers that the contract knows go on, in a form that
-- was checked. On the way back, errors that gRPC or Envoy raised get the details that those of
-- SAGE's services have.
local MAX_TIMEOUT_MS = 10 * 24 * 3600 * 1000
-- The service answers when the client's deadline has passed; gRPC resets the call this much later.
local GRACE_SECONDS = 5
local SIZE_TIMEOUT_MS = 10000
local MOST_KNOWN_SIZES = 1000

-- Longest value of each header that a call may carry on.
local call_headers = {
  ["authorization"] = 4096,
  ["content-type"] = 64,
  ["te"] = 16,
  -- The trace that the caller has begun, as W3C writes it.
  ["traceparent"] = 55,
  ["tracestate"] = 512,
  ["user-agent"] = 512,
  ["x-request-id"] = 128,
  -- Envoy's own words; it routes nothing without the first.
  ["x-forwarded-proto"] = 8,
  ["x-envoy-original-method"] = 16,
  ["x-envoy-original-path"] = 4096,
}
-- The store checks signatures over host and query only.
local media_headers = {
  ["accept"] = 512,
  ["if-match"] = 512,
  ["if-modified-since"] = 64,
  ["if-none-match"] = 512,
  ["if-range"] = 512,
  ["if-unmodified-since"] = 64,
  ["range"] = 512,
  ["user-agent"] = 512,
  ["x-forwarded-proto"] = 8,
  ["x-request-id"] = 128,
}
local media_path = "/{{ bucket }}/"
local content_types = {["application/grpc"] = true, ["application/grpc+proto"] = true}
local unit_ms = {H = 3600000, M = 60000, S = 1000, m = 1, u = 1 / 1000, n = 1 / 1000000}

-- Reasons for what gRPC itself answers, by its code.
local reasons = {
{%- for code, reason in reasons.items() %}
  ["{{ code }}"] = "{{ reason }}",
{%- endfor %}
}

-- Removes every header but those that are known, short, and printable.
local function keep_only(headers, known)
  local removed = {}
  for key, value in pairs(headers) do
    if key:sub(1, 1) ~= ":" and (not known[key] or #value > known[key] or value:find("[^ -~]")) then
      removed[key] = true
    end
  end
  for key in pairs(removed) do
    headers:remove(key)
  end
end

-- Milliseconds of a grpc-timeout; nil when it is none.
local function milliseconds(timeout)
  local digits, unit = timeout:match("^(%d+)([HMSmun])$")
  if not digits or #digits > 8 then return nil end
  return math.ceil(tonumber(digits) * unit_ms[unit])
end

-- Whether it names a trace and a span of it: version 00 of W3C's Trace Context.
local function is_traceparent(value)
  local trace, span = value:match("^00%-([%da-f]+)%-([%da-f]+)%-%x%x$")
  return trace and #trace == 32 and #span == 16 and trace:find("[^0]") and span:find("[^0]")
end

local function problem_of(headers)
  if not headers:get(":authority"):find("^[%w.:%[%]_-]+$") then
    return "400", "the host name is not one"
  end
  if not headers:get(":path"):find("^/[%w.]+/%w+$") then
    return "404", "no method has this path"
  end
  if headers:get(":method") ~= "POST" then
    return "405", headers:get(":method")
  end
  if not content_types[(headers:get("content-type") or ""):match("^[^; ]*")] then
    return "415", "messages are protocol buffers, as application/grpc; in JSON, Connect has calls without streams"
  end
  local encoding = headers:get("grpc-encoding")
  if encoding and encoding ~= "identity" then
    return "415", "messages are not compressed, grpc-encoding is identity"
  end
  local timeout = headers:get("x-sage-grpc-timeout")
  if timeout and not milliseconds(timeout) then
    return "400", "grpc-timeout is a number of at most 8 digits and one of H, M, S, m, u, n"
  end
end

local function guard_call(handle, headers)
  local status, problem = problem_of(headers)
  if status then
    handle:respond({[":status"] = status, ["allow"] = status == "405" and "POST" or nil}, problem)
    return
  end
  local timeout = headers:get("x-sage-grpc-timeout")
  local scheme = headers:get("x-forwarded-proto")
  local client = handle:streamInfo():downstreamRemoteAddress()
  keep_only(headers, call_headers)
  local parent = headers:get("traceparent")
  if not parent or not is_traceparent(parent) then
    headers:remove("traceparent")
    headers:remove("tracestate")
  end
  headers:replace("content-type", "application/grpc")
  headers:replace("te", "trailers")
  local wait = timeout and milliseconds(timeout)
  if wait and wait <= MAX_TIMEOUT_MS then
    headers:replace("grpc-timeout", math.ceil(wait / 1000) + GRACE_SECONDS .. "S")
    headers:replace("x-sage-timeout-ms", string.format("%d", wait))
  end
  headers:replace("x-sage-origin", (scheme == "https" and "https" or "http") .. "://" .. headers:get(":authority"))
  -- Without the port, and without the brackets round an IPv6 address.
  headers:replace("x-sage-client", (client:gsub(":%d+$", ""):gsub("[%[%]]", "")))
end

-- How long objects are, by their paths. An object never changes.
local sizes, known_sizes = {}, 0

-- The length of an object of the store, asked for with the caller's own signature; nil when the
-- store refuses, which the caller hears when it asks itself.
local function size_of(handle, headers)
  local path = headers:get(":path")
  local place = path:match("^[^?]*")
  if sizes[place] then return sizes[place] end
  local answer = handle:httpCall("store", {
    [":method"] = "GET",
    [":path"] = path,
    [":authority"] = headers:get(":authority"),
    ["range"] = "bytes=0-0",
  }, nil, SIZE_TIMEOUT_MS)
  local size = answer[":status"] == "206" and (answer["content-range"] or ""):match("/(%d+)$")
  if not size then return nil end
  if known_sizes >= MOST_KNOWN_SIZES then sizes, known_sizes = {}, 0 end
  sizes[place], known_sizes = tonumber(size), known_sizes + 1
  return sizes[place]
end

-- A range as every store understands it: one that begins inside and is open, or ends inside. What
-- is no range, or several, is ignored, as RFC 9110 (14.2) has it. One that ends beyond the end is
-- served to the end, and one that counts from the end begins where that says.
local function plain_range(handle, headers)
  local first, last = headers:get("range"):match("^%s*[Bb][Yy][Tt][Ee][Ss]=%s*(%d*)%-(%d*)%s*$")
  -- No file is longer than numbers are exact.
  local start = first and first ~= "" and math.min(tonumber(first), 2^53)
  local stop = last and last ~= "" and math.min(tonumber(last), 2^53)
  if not start and not stop or start and stop and stop < start then return nil end
  local size = stop and size_of(handle, headers)
  if start and stop and (not size or stop < size) then
    return string.format("bytes=%.0f-%.0f", start, stop)
  elseif start then
    return string.format("bytes=%.0f-", start)
  end
  -- The last so many; of none, the store says that there are none.
  return size and string.format("bytes=%.0f-", stop > 0 and math.max(size - stop, 0) or size)
end

local function guard_media(handle, headers)
  keep_only(headers, media_headers)
  if headers:get("range") then
    local range = plain_range(handle, headers)
    headers = handle:headers()  -- those from before are gone once an answer has been waited for
    if range then headers:replace("range", range) else headers:remove("range") end
  end
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local path = headers:get(":path")
  if (headers:get("content-type") or ""):sub(1, 16) == "application/grpc" or path:sub(1, 6) == "/sage." then
    guard_call(handle, headers)
  elseif path:sub(1, #media_path) == media_path then
    guard_media(handle, headers)
  end
end

-- Protocol buffers: a number below 128, and text.
local function number_field(field, value)
  return string.char(field * 8, value)
end

local function text_field(field, text)
  local length, size = "", #text
  while size > 127 do
    length = length .. string.char(size % 128 + 128)
    size = math.floor(size / 128)
  end
  return string.char(field * 8 + 2) .. length .. string.char(size) .. text
end

local function packed(kind, message)
  return text_field(3, text_field(1, "type.googleapis.com/google.rpc." .. kind) .. text_field(2, message))
end

-- google.rpc.Status with an ErrorInfo, and with a RetryInfo where seconds are given.
local function status_details(code, message, reason, seconds)
  local details = packed("ErrorInfo", text_field(1, reason) .. text_field(2, "sage"))
  if seconds then details = details .. packed("RetryInfo", text_field(1, number_field(1, seconds))) end
  return number_field(1, code) .. text_field(2, message) .. details
end

local function decoded(message)
  return (message:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function encoded(message)
  return (message:gsub("[^ -$&-~]", function(sign) return string.format("%%%02X", sign:byte()) end))
end

-- An error that Envoy raised for a call of gRPC-web still is an HTTP answer with a text.
local function as_grpc(handle)
  local body = handle:body()
  local message = body and body:getBytes(0, body:length()) or ""
  if body then body:setBytes("") end
  local headers = handle:headers()
  headers:remove("content-length")
  headers:replace(":status", "200")
  headers:replace("content-type", "application/grpc")
  headers:replace("grpc-message", encoded(message))
end

-- Not every store has the right status for a range that begins beyond the end.
local function name_range_beyond_the_end(handle)
  local body = handle:body()
  local told = body and body:getBytes(0, body:length()) or ""
  local start, size = told:match("invalid byte range (%d+)%-%d+ for size (%d+)")
  local beyond = told:find("InvalidRange", 1, true) or size and tonumber(start) >= tonumber(size)
  if not beyond then return end
  local headers = handle:headers()
  headers:replace(":status", "416")
  if size then headers:replace("content-range", "bytes */" .. size) end
end

-- Tells the other scripts of an error.
local function tell(handle, code, message, details)
  local metadata = handle:streamInfo():dynamicMetadata()
  metadata:set("sage.calls", "code", code)
  metadata:set("sage.calls", "message", message)
  metadata:set("sage.calls", "details", details)
end

-- Waits for the end of an answer that has begun.
local function await_end(handle)
  local trailers = handle:trailers()
  local code = trailers and trailers:get("grpc-status")
  if not code or code == "0" then return end
  local message = decoded(trailers:get("grpc-message") or "")
  if reasons[code] and not trailers:get("grpc-status-details-bin") then
    local details = status_details(tonumber(code), message, reasons[code])
    trailers:replace("grpc-status-details-bin", handle:base64Escape(details))
  end
  tell(handle, code, message, trailers:get("grpc-status-details-bin") or "")
end

function envoy_on_response(handle)
  local headers = handle:headers()
  local reason = headers:get("x-sage-reason")
  local code = headers:get("grpc-status")
  if reason then
    headers:remove("x-sage-reason")
    if headers:get("content-type") ~= "application/grpc" then as_grpc(handle) end
  elseif code and code ~= "0" and not headers:get("grpc-status-details-bin") then
    reason = reasons[code]
    local message = decoded(headers:get("grpc-message") or "")
    if code == "8" and message:find("larger than max", 1, true) then
      reason, code = "MESSAGE_TOO_LARGE", "3"
      headers:replace("grpc-status", code)
      headers:replace("grpc-message", encoded({{ too_large | tojson }}))
      handle:streamInfo():dynamicMetadata():set("sage.calls", "status", "413")
    end
  elseif not code and headers:get("content-type") == "application/grpc" then
    await_end(handle)
    return
  elseif headers:get(":status") == "400" and headers:get("content-type") == "application/xml" then
    name_range_beyond_the_end(handle)
  end
  if reason then
    headers = handle:headers()  -- those from before are gone once a body has been waited for
    local message = decoded(headers:get("grpc-message") or "")
    local seconds = tonumber(headers:get("retry-after") or "")
    local details = status_details(tonumber(headers:get("grpc-status")), message, reason, seconds)
    headers:replace("grpc-status-details-bin", handle:base64Escape(details))
  end
  headers = handle:headers()
  code = headers:get("grpc-status")
  if code and code ~= "0" then
    local details = headers:get("grpc-status-details-bin") or ""
    tell(handle, code, decoded(headers:get("grpc-message") or ""), details)
  end
end
