-- What the transcoder would let pass in a REST call: a method that its path does not know, and
-- fields of the body that the contract does not know. The buffer filter has the whole body already.
{% include "status.lua" %}

local LINES, EVENTS = "application/x-ndjson", "text/event-stream"
local PIECE = 65536
local MAX_PATH = 4096
local MAX_DEPTH = 64
local MAX_NAME = 128
-- Signs between values: a message of the contract needs few.
local MAX_VALUES = 100000

local rules = {
{%- for rule in rest_rules %}
  {verb = "{{ rule.verb }}", pattern = "{{ rule.pattern }}"{% if rule.body %}, body = "{{ rule.body }}"{% endif %}{% if rule.streams %}, streams = true{% endif %}{% if rule.raw %}, raw = true{% endif %}},
{%- endfor %}
}

-- The fields of each message; a field that holds a message names it, any other holds "".
local messages = {
{%- for message, fields in body_fields.items() %}
  ["{{ message }}"] = { {%- for field, kind in fields.items() %}["{{ field }}"] = "{{ kind }}"{{ ", " if not loop.last }}{% endfor -%} },
{%- endfor %}
}

local function refuse(handle, status, message, allow)
  handle:respond({[":status"] = status, ["allow"] = allow}, message)
end

-- The rule for a call; nil and the methods that the path knows when there is none.
local function find_rule(verb, path)
  local known = {}
  for _, rule in ipairs(rules) do
    if path:find(rule.pattern) then
      if rule.verb == verb then return rule end
      table.insert(known, rule.verb)
    end
  end
  return nil, known
end

-- Reads JSON piece by piece, and looks at nothing but the names of fields. Returns a
-- function that takes a piece, and says what is wrong as soon as it is.
local function name_checker(body)
  local stack, depth = {}, 0
  local kind = body          -- the message that the next value is, "" or nil when it is none
  local path = ""            -- where the next value stands
  local in_string, escaped, in_name, name = false, false, false, ""
  -- The next of each in the piece. Looking for single characters is many times faster than for a set
  -- of them, as long as none is looked for twice.
  local quote, backslash
  local values = 0

  local function string_piece(piece, at)
    if escaped then
      escaped = false
      return at + 1
    end
    if quote and quote < at then quote = piece:find('"', at, true) end
    if backslash and backslash < at then backslash = piece:find("\\", at, true) end
    local stop = quote and backslash and math.min(quote, backslash) or quote or backslash
    if in_name then
      name = name .. piece:sub(at, (stop or #piece + 1) - 1)
      if #name > MAX_NAME then return nil, "the name of a field is too long" end
    end
    if not stop then return #piece + 1 end
    if stop == backslash then
      if in_name then return nil, "the name of a field holds a backslash" end
      escaped = true
      return stop + 1
    end
    in_string = false
    if in_name then
      in_name = false
      local top = stack[depth]
      path = top.path == "" and name or top.path .. "." .. name
      if top.fields then
        kind = top.fields[name]
        if not kind then return nil, "there is no field " .. path end
      else
        kind = ""
      end
      top.awaits_name = false
    end
    return stop + 1
  end

  local function structure_piece(piece, at)
    local stop = piece:find("[%[%]{},:\"']", at)
    local top = stack[depth]
    if top and top.awaits_name and piece:find("[^ \t\r\n]", at) ~= stop then
      return nil, "the name of a field stands in double quotes"
    end
    if not stop then return #piece + 1 end
    values = values + 1
    if values > MAX_VALUES then return nil, "the body holds too many values" end
    local sign = piece:sub(stop, stop)
    if sign == "'" then
      return nil, "text stands in double quotes"
    elseif sign == '"' then
      in_string = true
      in_name = top ~= nil and top.awaits_name
      name = ""
    elseif sign == "{" or sign == "[" then
      if depth == MAX_DEPTH then return nil, "the body is nested too deeply" end
      depth = depth + 1
      stack[depth] = {fields = messages[kind], kind = kind, path = path, awaits_name = sign == "{", object = sign == "{"}
    elseif sign == "}" or sign == "]" then
      if depth > 0 then depth = depth - 1 end
    elseif sign == "," and top then
      if top.object then top.awaits_name = true else kind, path = top.kind, top.path end
    end
    return stop + 1
  end

  return function(piece)
    local at, problem = 1, nil
    quote, backslash = piece:find('"', 1, true), piece:find("\\", 1, true)
    while at <= #piece do
      if in_string then
        at, problem = string_piece(piece, at)
      else
        at, problem = structure_piece(piece, at)
      end
      if problem then return problem end
    end
  end
end

local function problem_of_body(handle, rule)
  local body = handle:body()
  if not body then return nil end
  local check, length = name_checker(rule.body), body:length()
  for start = 0, length - 1, PIECE do
    local problem = check(body:getBytes(start, math.min(PIECE, length - start)))
    if problem then return problem end
  end
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local whole = headers:get(":path")
  local path = whole:match("^[^?#]*")
  local kind = headers:get("content-type") or ""
  local named = path:sub(1, 6) == "/sage." and kind:sub(1, 16) == "application/json"
  if not named and (path:sub(1, 4) ~= "/v1/" or kind:sub(1, 16) == "application/grpc") then
    return
  end
  if #whole > MAX_PATH or whole:find("[^!-~]") then
    refuse(handle, "400", "the path is longer than " .. MAX_PATH .. " characters, or holds others than ASCII")
    return
  end
  local verb = headers:get(":method")
  local rule, known = find_rule(verb, path)
  if not rule then
    if #known == 0 then
      refuse(handle, "404", "no method has this path")
    else
      refuse(handle, "405", verb, table.concat(known, ", "))
    end
    return
  end
  if rule.raw then
    local length = headers:get("content-length")
    if not length then
      refuse(handle, "411", "the length of the file is not told")
      return
    end
    headers:replace(":path", whole .. (whole:find("?", 1, true) and "&" or "?") .. "sizeBytes=" .. length)
    return
  end
  local events = (headers:get("accept") or ""):find("text/event-stream", 1, true)
  local problem = rule.body and problem_of_body(handle, rule)
  if problem then
    refuse(handle, "400", problem)
  elseif rule.streams then
    handle:streamInfo():dynamicMetadata():set("sage.rest", "stream", events and EVENTS or LINES)
    -- For the bridge behind this script, which makes data of how a stream ends; stream_ends.lua takes
    -- the disguise off.
    handle:headers():replace("content-type", "application/connect+json")
  end
end

-- How a stream ended that had begun; `told` is what calls.lua knows of it.
local function last_words(kind, told)
  local status = told and told["code"] and status_json(told["code"], told["message"], told["details"])
  if kind == EVENTS then
    return status and "event: error\ndata: " .. status .. "\n\n" or "event: end\ndata: {}\n\n"
  end
  return status and '{"error":' .. status .. "}\n" or ""
end

local function end_in_words(handle, kind)
  for chunk in handle:bodyChunks() do
    local length = chunk:length()
    -- The bridge's last frame: no JSON holds this sign.
    local text = chunk:getBytes(0, length)
    local at = text:find("\2", 1, true)
    if at then
      local told = handle:streamInfo():dynamicMetadata():get("sage.calls")
      chunk:setBytes(text:sub(1, at - 1) .. last_words(kind, told))
    end
  end
end

-- The transcoder knows one HTTP status for each code of gRPC; a message that is too large has its own.
function envoy_on_response(handle)
  local asked = handle:streamInfo():dynamicMetadata():get("sage.rest")
  if asked and (handle:headers():get("content-type") or ""):find("^application/connect") then
    handle:headers():replace("content-type", asked["stream"])
    handle:headers():remove("connect-accept-encoding")
    end_in_words(handle, asked["stream"])
    return
  end
  local told = handle:streamInfo():dynamicMetadata():get("sage.calls")
  if told and told["status"] and handle:headers():get("content-type") == "application/json" then
    handle:headers():replace(":status", told["status"])
  end
end
