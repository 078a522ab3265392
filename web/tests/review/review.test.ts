import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, it } from "vitest";
import { ErrorInfoSchema } from "../../src/gen/google/rpc/error_details_pb";
import { ComparisonOptionsSchema } from "../../src/gen/sage/compare/v1/compare_pb";
import {
  MarkSchema,
  SavedComparison_Status as Status,
  SavedComparisonSchema,
  WatchComparisonsResponseSchema,
  type Mark,
  type SavedComparison,
  type WatchComparisonsResponse,
} from "../../src/gen/sage/compare/v1/saved_comparison_pb";
import { Review, type ReviewCalls } from "../../src/review/review";

const TARGET = { a: "videos/1", b: "videos/2", name: "" };
const SEED = { displayName: "Cut", options: create(ComparisonOptionsSchema) };

const refused = (reason: string, code: Code): ConnectError =>
  new ConnectError("refused", code, undefined, [
    { desc: ErrorInfoSchema, value: { reason, domain: "sage" } },
  ]);

type Kept = Partial<Pick<SavedComparison, "displayName" | "etag" | "status" | "marks">>;

/** A server with the comparisons of one pair; a test plays the stream by `tell`. */
class Server {
  kept: SavedComparison[] = [];
  created = 0;
  marked: Mark[][] = [];
  /** Held back until it is resolved. */
  answering: Promise<void> = Promise.resolve();
  #tell: ((message: WatchComparisonsResponse) => void) | undefined;

  readonly calls = {
    listComparisons: () => Promise.resolve({ comparisons: this.kept.slice(0, 1) }),
    getComparison: ({ name }: { name: string }) => {
      const found = this.kept.find((it) => it.name === name);
      return found ? Promise.resolve(found) : Promise.reject(refused("NOT_FOUND", Code.NotFound));
    },
    createComparison: (request: { a: string; b: string; displayName: string }) => {
      this.created += 1;
      return Promise.resolve(this.keep({ displayName: request.displayName }));
    },
    updateComparison: ({ comparison }: { comparison: { etag: string; status?: Status } }) => {
      if (comparison.etag !== this.kept[0]?.etag) return Promise.reject(refused("ETAG_MISMATCH", Code.Aborted));
      return Promise.resolve(this.keep({ ...this.kept[0], status: comparison.status ?? Status.UNSPECIFIED }));
    },
    setMarks: async ({ marks }: { marks: Mark[] }) => {
      await this.answering;
      this.marked.push(marks);
      return this.keep({ ...this.kept[0], marks });
    },
    watchComparisons: () => this.#stream(),
  } as unknown as ReviewCalls;

  keep({ displayName = "", etag = "1", status = Status.IN_REVIEW, marks = [] }: Kept): SavedComparison {
    const { a, b } = TARGET;
    const fields = { name: "comparisons/c", a, b, displayName, etag, status, marks };
    const saved = create(SavedComparisonSchema, fields);
    this.kept = [saved];
    return saved;
  }

  tell(message: MessageInitShape<typeof WatchComparisonsResponseSchema>): void {
    this.#tell?.(create(WatchComparisonsResponseSchema, message));
  }

  async *#stream(): AsyncGenerator<WatchComparisonsResponse> {
    for (;;) {
      yield await new Promise<WatchComparisonsResponse>((resolve) => {
        this.#tell = resolve;
      });
    }
  }
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

async function open(server: Server, target = TARGET): Promise<{ review: Review; lookAgain: () => Promise<void> }> {
  let wake: () => void = () => undefined;
  const review = new Review(server.calls, target, () => new Promise((resolve) => (wake = resolve)));
  review.subscribe(() => undefined);
  await settle();
  return {
    review,
    lookAgain: () => {
      wake();
      return settle();
    },
  };
}

const mark = (start: number): Mark => create(MarkSchema, { aStart: start, reviewed: true });

it("finds what is kept, and hears what others do with it", async () => {
  const server = new Server();
  const kept = server.keep({});
  const { review } = await open(server);
  expect(review.snapshot().saved).toEqual(kept);
  server.tell({ comparisons: [server.keep({ status: Status.APPROVED })], revision: 2n });
  await settle();
  expect(review.snapshot().saved?.status).toBe(Status.APPROVED);
});

it("keeps nothing by looking, and finds later what a colleague keeps", async () => {
  const server = new Server();
  const { review, lookAgain } = await open(server);
  expect(review.snapshot()).toMatchObject({ looked: true, saved: undefined });
  server.keep({ displayName: "A colleague's" });
  await lookAgain();
  expect(review.snapshot().saved?.displayName).toBe("A colleague's");
  expect(server.created).toBe(0);
});

it("keeps the comparison with the first thing that is done, once", async () => {
  const server = new Server();
  const { review } = await open(server);
  await Promise.all([review.setMarks(SEED, [mark(1)]), review.setMarks(SEED, [mark(2)])]);
  expect(server.created).toBe(1);
  expect(review.snapshot().saved?.displayName).toBe("Cut");
});

it("joins the one that a colleague kept a moment ago", async () => {
  const server = new Server();
  const { review } = await open(server);
  server.keep({ displayName: "A colleague's" });
  await review.save(SEED);
  expect(server.created).toBe(0);
});

it("shows a mark at once, and sends marks one after the other", async () => {
  const server = new Server();
  server.keep({});
  const { review } = await open(server);
  let answer: () => void = () => undefined;
  server.answering = new Promise((resolve) => (answer = resolve));
  const done = [review.setMarks(SEED, [mark(1)]), review.setMarks(SEED, [mark(2)])];
  expect(review.snapshot().pending.map((it) => it.aStart)).toEqual([1, 2]);
  await settle();
  expect(server.marked).toEqual([]);
  answer();
  await Promise.all(done);
  await settle();
  expect(server.marked.map(([it]) => it?.aStart)).toEqual([1, 2]);
  expect(review.snapshot().pending).toEqual([]);
});

it("tells whoever was overtaken, and shows what is there now", async () => {
  const server = new Server();
  server.keep({});
  const { review } = await open(server);
  server.keep({ etag: "2", displayName: "Renamed" });
  expect(await review.setStatus(SEED, Status.APPROVED)).toBe(false);
  expect(review.snapshot().problem?.reason).toBe("ETAG_MISMATCH");
  expect(review.snapshot().saved?.displayName).toBe("Renamed");
  expect(await review.setStatus(SEED, Status.APPROVED)).toBe(true);
  expect(review.snapshot().problem).toBeUndefined();
});

it("lets go of what was deleted", async () => {
  const server = new Server();
  const { name } = server.keep({});
  const { review } = await open(server);
  server.kept = [];
  server.tell({ deleted: [name], revision: 3n });
  await settle();
  expect(review.snapshot().saved).toBeUndefined();
});

it("takes any other of the two videos when the one in the address is gone", async () => {
  const server = new Server();
  const { review, lookAgain } = await open(server, { ...TARGET, name: "comparisons/gone" });
  expect(review.snapshot()).toMatchObject({ looked: true, saved: undefined });
  server.keep({ displayName: "Another" });
  await lookAgain();
  expect(review.snapshot().saved?.displayName).toBe("Another");
});
