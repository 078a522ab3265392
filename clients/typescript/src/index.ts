/** Compares two versions of a video through a SAGE server, in browsers and in Node.js. */
export { SageClient, type Progress } from "./client.js";
export * from "./gen/sage/compare/v1/carry_over_pb.js";
export * from "./gen/sage/compare/v1/compare_pb.js";
export * from "./gen/sage/compare/v1/saved_comparison_pb.js";
export * from "./gen/sage/compare/v1/technical_pb.js";
export * from "./gen/sage/compare/v1/time_map_pb.js";
export * from "./gen/sage/embed/v1/embed_pb.js";
export * from "./gen/sage/embed/v1/session_pb.js";
export * from "./gen/sage/errors/v1/error_reason_pb.js";
export * from "./gen/sage/ingest/v1/ingest_pb.js";
export * from "./gen/sage/ingest/v1/proxy_pb.js";
export * from "./gen/sage/ingest/v1/technical_pb.js";
