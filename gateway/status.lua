-- google.rpc.Status: read from what gRPC sends, written as JSON. Part of other scripts.
local base64_digits = {}
for at, sign in ipairs({("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):byte(1, 64)}) do
  base64_digits[sign] = at - 1
end

local function from_base64(text)
  local bytes, bits, count = {}, 0, 0
  for at = 1, #text do
    local value = base64_digits[text:byte(at)]
    if value then
      bits, count = bits * 64 + value, count + 6
      if count >= 8 then
        count = count - 8
        bytes[#bytes + 1] = string.char(math.floor(bits / 2 ^ count))
        bits = bits % 2 ^ count
      end
    end
  end
  return table.concat(bytes)
end

-- The fields of a message of protocol buffers, in order: their numbers, and numbers or bytes.
local function fields_of(message)
  local found, at = {}, 1
  local function varint()
    local value, scale, byte = 0, 1, nil
    repeat
      byte = message:byte(at) or 0
      value, scale, at = value + byte % 128 * scale, scale * 128, at + 1
    until byte < 128
    return value
  end
  while at <= #message do
    local tag, value = varint(), nil
    local wire = tag % 8
    if wire == 0 then
      value = varint()
    elseif wire == 2 then
      local length = varint()
      value, at = message:sub(at, at + length - 1), at + length
    else
      at = at + (wire == 1 and 8 or 4)
    end
    table.insert(found, {number = math.floor(tag / 8), value = value})
  end
  return found
end

local function field_of(message, number)
  for _, field in ipairs(fields_of(message)) do
    if field.number == number then return field.value end
  end
end

local escapes = {['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n"}
local function json_text(text)
  local function escape(sign) return escapes[sign] or string.format("\\u%04x", sign:byte()) end
  return '"' .. text:gsub('[%c"\\]', escape) .. '"'
end

-- Type and bytes of each detail; `packed` is a grpc-status-details-bin.
local function details_of(packed)
  local found = {}
  for _, field in ipairs(fields_of(from_base64(packed or ""))) do
    if field.number == 3 then
      local name = (field_of(field.value, 1) or ""):match("[^/]*$")
      table.insert(found, {name = name, value = field_of(field.value, 2) or ""})
    end
  end
  return found
end

-- Of the kinds of details, those that can come after the first message of a stream.
local detail_json = {
  ["google.rpc.ErrorInfo"] = function(info)
    local facts = {}
    for _, field in ipairs(fields_of(info)) do
      if field.number == 3 then
        local key, value = field_of(field.value, 1) or "", field_of(field.value, 2) or ""
        table.insert(facts, json_text(key) .. ":" .. json_text(value))
      end
    end
    return '"reason":' .. json_text(field_of(info, 1) or "") .. ',"domain":' .. json_text(field_of(info, 2) or "")
      .. ',"metadata":{' .. table.concat(facts, ",") .. "}"
  end,
  ["google.rpc.RetryInfo"] = function(info)
    local delay = field_of(info, 1) or ""
    return string.format('"retryDelay":"%d.%09ds"', field_of(delay, 1) or 0, field_of(delay, 2) or 0)
  end,
}

-- A status as REST has it.
local function status_json(code, message, packed)
  local details = {}
  for _, detail in ipairs(details_of(packed)) do
    local write = detail_json[detail.name]
    if write then
      table.insert(details, '{"@type":"type.googleapis.com/' .. detail.name .. '",' .. write(detail.value) .. "}")
    end
  end
  return '{"code":' .. code .. ',"message":' .. json_text(message) .. ',"details":[' .. table.concat(details, ",") .. "]}"
end
