/** Compares two versions of a video through a SAGE server, in browsers and in Node.js. */
export { SageClient, type Progress } from "./client.js";
export * from "./contract.js";
