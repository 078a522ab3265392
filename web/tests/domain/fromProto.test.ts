import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { ComparisonCollector } from "../../src/domain/fromProto";
import { CompareVideosResponseSchema, Presence, RegionKind } from "../../src/gen/sage/compare/v1/compare_pb";
import { Modality } from "../../src/gen/sage/embed/v1/embed_pb";

const message = (payload: Parameters<typeof create<typeof CompareVideosResponseSchema>>[1]) =>
  create(CompareVideosResponseSchema, payload);

describe("a stream of comparison messages", () => {
  it("is nothing before its header", () => {
    expect(new ComparisonCollector().comparison()).toBeUndefined();
  });

  it("grows to a comparison", () => {
    const collector = new ComparisonCollector();
    collector.add(
      message({
        payload: {
          case: "header",
          value: {
            a: { engine: "local", duration: durationFromMs(4000) },
            b: { engine: "local", duration: durationFromMs(6000) },
            options: { threshold: 0.2 },
            modalities: [Modality.VISUAL],
            onlyInB: [Modality.AUDIO],
          },
        },
      }),
    );
    expect(collector.comparison()).toMatchObject({
      threshold: 0.2,
      durationA: 4,
      durationB: 6,
      complete: false,
      onlyInB: ["audio"],
    });
    collector.add(
      message({
        payload: {
          case: "distances",
          value: {
            modality: Modality.VISUAL,
            segments: [
              { presence: Presence.BOTH, aStart: 0, aEnd: 2, bStart: 0, bEnd: 2, distance: 0.25 },
              { presence: Presence.ONLY_IN_B, bStart: 2, bEnd: 4 },
            ],
          },
        },
      }),
    );
    collector.add(
      message({
        payload: {
          case: "region",
          value: { kind: RegionKind.REPLACED, modality: Modality.VISUAL, aEnd: 2, bEnd: 2, score: 0.25 },
        },
      }),
    );
    collector.add(message({ payload: { case: "look", value: { sentence: "B is mirrored." } } }));
    collector.add(
      message({
        payload: {
          case: "summary",
          value: {
            durationA: 4.02,
            durationB: 6.02,
            modalities: [{ modality: Modality.VISUAL, suggestedThreshold: 0.07 }],
          },
        },
      }),
    );
    expect(collector.comparison()).toMatchObject({
      complete: true,
      durationA: 4.02,
      looks: [{ sentence: "B is mirrored." }],
      tracks: [
        {
          modality: "visual",
          suggestedThreshold: 0.07,
          segments: [
            { presence: "both", aEnd: 2, distance: 0.25 },
            { presence: "b", bStart: 2, bEnd: 4 },
          ],
          regions: [{ kind: "REPLACED", rate: 1, score: 0.25 }],
        },
      ],
    });
  });
});
