import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { EngineSchema } from "../../src/gen/sage/embed/v1/embed_pb";
import { engineSentence } from "../../src/workspace/engines";

const local = { displayName: "Local (on this server)", available: true };
const cloud = { displayName: "Marengo", needsApiKey: true };
const told = (...engines: object[]) => engineSentence(engines.map((engine) => create(EngineSchema, engine)));

describe("what is told of the engines", () => {
  it("is which one works, and what a key adds", () => {
    expect(told(cloud, local)).toBe(
      "Videos are analysed by Local (on this server); they do not leave it. Signing in with a key adds Marengo.",
    );
    expect(told({ ...cloud, available: true }, local)).toBe("Videos are analysed by Marengo.");
    expect(told(local)).toBe("Videos are analysed by Local (on this server); they do not leave it.");
  });

  it("is that none works, and nothing while none is known", () => {
    expect(told(cloud)).toContain("No engine can work");
    expect(told()).toBe("");
  });
});
