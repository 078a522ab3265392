-- Serves a single-page application: any path that names no file is the page itself, hashed assets
-- are kept for ever, and every answer carries the page's security headers.
local security_headers = {
{%- for name, value in security_headers.items() %}
  ["{{ name }}"] = [==[{{ value }}]==],
{%- endfor %}
}

-- Pages that are files of their own.
local pages = {["/docs/api"] = "/docs/api/index.html", ["/docs/api/"] = "/docs/api/index.html"}

function envoy_on_request(handle)
  local headers = handle:headers()
  local method = headers:get(":method")
  if method ~= "GET" and method ~= "HEAD" then
    handle:respond({[":status"] = "405", ["allow"] = "GET, HEAD"}, "method not allowed")
    return
  end
  local path = headers:get(":path"):match("^[^?#]*")
  handle:streamInfo():dynamicMetadata():set("sage.static", "path", path)
  if pages[path] then
    path = pages[path]
  elseif path:sub(1, 8) ~= "/assets/" and not path:match("%.[%w]+$") then
    path = "/index.html"
  end
  headers:replace(":path", path)
end

function envoy_on_response(handle)
  local headers = handle:headers()
  for name, value in pairs(security_headers) do
    headers:replace(name, value)
  end
  local request = handle:streamInfo():dynamicMetadata():get("sage.static")
  local hashed = request and request["path"]:sub(1, 8) == "/assets/"
  if headers:get(":status") == "200" and hashed then
    headers:replace("cache-control", "public, max-age=31536000, immutable")
  else
    headers:replace("cache-control", "no-cache")
  end
end
