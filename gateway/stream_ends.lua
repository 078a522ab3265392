-- Between the transcoder and the bridge that makes data of how a stream ends (see rest.lua): to the
-- bridge, the JSON of a stream looks like a stream of gRPC.
function envoy_on_request(handle)
  if handle:streamInfo():dynamicMetadata():get("sage.rest") then
    handle:headers():replace("content-type", "application/json")
  end
end

function envoy_on_response(handle)
  local headers = handle:headers()
  if handle:streamInfo():dynamicMetadata():get("sage.rest") and headers:get(":status") == "200" then
    headers:replace("content-type", "application/grpc+json")
  end
end
