/** The clients that the page works with. */
import { createClient } from "@connectrpc/connect";
import { CompareService } from "../gen/sage/compare/v1/compare_pb";
import { ComparisonService } from "../gen/sage/compare/v1/saved_comparison_pb";
import { ApiTokenService } from "../gen/sage/embed/v1/api_token_pb";
import { EmbedService } from "../gen/sage/embed/v1/embed_pb";
import { IngestService } from "../gen/sage/ingest/v1/ingest_pb";
import { transportThrough } from "./transport";

const transport = transportThrough();

export const ingest = createClient(IngestService, transport);
export const embed = createClient(EmbedService, transport);
export const apiTokens = createClient(ApiTokenService, transport);
export const compare = createClient(CompareService, transport);
export const comparisons = createClient(ComparisonService, transport);
