-- The protocol of Connect. Envoy's bridge, right behind this script, turns protocol buffers into gRPC;
-- calls in JSON go to the transcoder. Errors are written here, since the bridge knows no details.
{% include "status.lua" %}

local MAX_TIMEOUT_DIGITS = 10
local STREAM, UNARY = "stream", "unary"

-- Name and HTTP status of each code.
local codes = {
  {"canceled", 499}, {"unknown", 500}, {"invalid_argument", 400}, {"deadline_exceeded", 504},
  {"not_found", 404}, {"already_exists", 409}, {"permission_denied", 403}, {"resource_exhausted", 429},
  {"failed_precondition", 400}, {"aborted", 409}, {"out_of_range", 400}, {"unimplemented", 501},
  {"internal", 500}, {"unavailable", 503}, {"data_loss", 500}, {"unauthenticated", 401},
}

local function kind_of(headers)
  local kind = (headers:get("content-type") or ""):match("^[^; ]*")
  if headers:get(":path"):sub(1, 6) ~= "/sage." then return nil end
  if kind:sub(1, 20) == "application/connect+" then return STREAM end
  if kind == "application/proto" or kind == "application/json" then return UNARY, kind == "application/json" end
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local kind, json = kind_of(headers)
  if not kind then return end
  local metadata = handle:streamInfo():dynamicMetadata()
  metadata:set("sage.connect", "kind", kind)
  metadata:set("sage.connect", "content-type", headers:get("content-type"))
  local encoding = headers:get("content-encoding")
  if encoding and encoding ~= "identity" then
    handle:respond({[":status"] = "415"}, "messages are not compressed")
    return
  end
  -- The bridge takes calls with a version only.
  if json then headers:remove("connect-protocol-version") else headers:replace("connect-protocol-version", "1") end
  local timeout = headers:get("connect-timeout-ms")
  if not timeout then return end
  headers:remove("connect-timeout-ms")
  if not timeout:find("^%d+$") or #timeout > MAX_TIMEOUT_DIGITS then
    handle:respond({[":status"] = "400"}, "connect-timeout-ms is a number of at most 10 digits")
    return
  end
  headers:replace("x-sage-grpc-timeout", #timeout > 8 and math.ceil(timeout / 1000) .. "S" or timeout .. "m")
end

-- A refusal of the gateway's own, as it is written for REST, as calls.lua would tell it.
local function told_in(text, headers)
  local reason = text:match('"reason":"([%u_]+)"')
  local message = (text:match('"message":"(.*)"}%s*$') or text:match('"message":"(.-)","') or ""):gsub('\\(["\\/])', "%1")
  if text:find('"reason":"NOT_FOUND"', 1, true) then
    -- A path that is not there, to REST; here it is a method.
    return {code = "12", message = "There is no such method.", reason = "UNKNOWN_METHOD"}
  end
  local seconds = tonumber(headers:get("retry-after") or "")
  return {code = text:match('"code":(%d+)') or "2", message = message, reason = reason, seconds = seconds}
end

local function error_json(handle, told)
  local details = {}
  for _, detail in ipairs(details_of(told["details"])) do
    table.insert(details, {detail.name, detail.value})
  end
  if told.reason then
    local info = string.char(10, #told.reason) .. told.reason .. string.char(18, 4) .. "sage"
    details = { {"google.rpc.ErrorInfo", info} }
    if told.seconds then
      table.insert(details, {"google.rpc.RetryInfo", string.char(10, 2, 8, told.seconds)})
    end
  end
  for at, detail in ipairs(details) do
    local value = handle:base64Escape(detail[2]):gsub("=*$", "")
    details[at] = '{"type":"' .. detail[1] .. '","value":"' .. value .. '"}'
  end
  local code = codes[tonumber(told["code"])] or codes[2]
  return '{"code":"' .. code[1] .. '","message":' .. json_text(told["message"]) .. ',"details":['
    .. table.concat(details, ",") .. "]}", code[2]
end

local function end_frame(json)
  local text, size = '{"error":' .. json .. "}", ""
  local length = #text
  for _ = 1, 4 do
    size, length = string.char(length % 256) .. size, math.floor(length / 256)
  end
  return "\2" .. size .. text
end

local function told_of(handle)
  local told = handle:streamInfo():dynamicMetadata():get("sage.calls")
  return told and told["code"] and told
end

local function answer_unary(handle)
  local told = told_of(handle)
  if not told and handle:headers():get(":status") == "200" then return end
  local body = handle:body(true)
  told = told_of(handle) or told_in(body:getBytes(0, body:length()), handle:headers())
  local json, status = error_json(handle, told)
  body:setBytes(json)
  local headers = handle:headers()
  headers:replace(":status", tostring(status))
  headers:replace("content-type", "application/json")
  headers:replace("content-length", tostring(#json))
  for _, name in ipairs({"grpc-status", "grpc-message", "grpc-status-details-bin"}) do headers:remove(name) end
end

local function answer_stream(handle, content_type)
  local headers = handle:headers()
  if headers:get(":status") ~= "200" then
    local body = handle:body(true)
    local json = error_json(handle, told_in(body:getBytes(0, body:length()), handle:headers()))
    body:setBytes(end_frame(json))
    headers = handle:headers()
    headers:replace(":status", "200")
    headers:replace("content-type", content_type)
    headers:remove("content-length")
    return
  end
  headers:replace("content-type", content_type)
  headers:remove("content-length")
  for chunk in handle:bodyChunks() do
    local told = told_of(handle)
    if told and (chunk:length() == 0 or chunk:getBytes(0, 1) == "\2") then
      chunk:setBytes(end_frame((error_json(handle, told))))
    end
  end
end

function envoy_on_response(handle)
  local asked = handle:streamInfo():dynamicMetadata():get("sage.connect")
  if not asked then return end
  if asked["kind"] == STREAM then answer_stream(handle, asked["content-type"]) else answer_unary(handle) end
end
