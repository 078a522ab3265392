import { useEffect, useRef, useState } from "react";
import { toProblem, type Problem } from "../api/errors";
import { navigate } from "../route";
import { isSucceeded } from "../tasks/states";
import { TaskProgress } from "../tasks/TaskProgress";
import { requestEmbedding, useTasks } from "../tasks/useTasks";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import type { ComparisonRequest } from "../domain/link";
import { useTexts } from "../texts/useTexts";

interface PreparationProps {
  readonly request: ComparisonRequest;
  readonly nameA: string;
  readonly nameB: string;
  /** Called once both videos are analysed. */
  readonly onReady: () => void;
}

/** Has both videos analysed by the engine that was asked for, and says how far that is. */
export function Preparation({ request, nameA, nameB, onReady }: PreparationProps) {
  const { preparation: t, page } = useTexts().comparison;
  const { tasks, connected } = useTasks();
  const [names, setNames] = useState<readonly [string, string]>();
  const [problem, setProblem] = useState<Problem>();
  const [attempt, setAttempt] = useState(0);
  const { a, b, engine } = request;

  useEffect(() => {
    let current = true;
    Promise.all([requestEmbedding(a, engine), requestEmbedding(b, engine)]).then(
      ([taskA, taskB]) => {
        if (current) setNames([taskA.name, taskB.name]);
      },
      (error: unknown) => {
        if (current) setProblem(toProblem(error));
      },
    );
    return () => {
      current = false;
    };
  }, [a, b, engine, attempt]);

  const pair = names?.map((name) => tasks.get(name));
  const ready = pair?.every((task) => task && isSucceeded(task)) ?? false;
  const told = useRef(false);
  useEffect(() => {
    if (ready && !told.current) {
      told.current = true;
      onReady();
    }
  }, [ready, onReady]);

  return (
    <main className="mx-auto w-full max-w-xl px-6 py-16">
      <h1 className="text-lg font-semibold">
        {problem ? t.failed : t.title}
      </h1>
      <p className="mt-1 mb-6 text-dim">
        {problem ? t.nothingChanged : t.meanwhile}
      </p>
      {problem && (
        <ProblemNote problem={problem}>
          <Button
            onClick={() => {
              setProblem(undefined);
              setAttempt(attempt + 1);
            }}
          >
            {page.tryAgain}
          </Button>
          <Button onClick={() => navigate("")}>{page.otherVideos}</Button>
        </ProblemNote>
      )}
      {pair?.map((task, index) => (
        <div key={index} className="border border-b-0 border-line bg-panel p-3 last:border-b">
          <p className="mb-2 truncate">
            <strong className={index === 0 ? "tc text-va" : "tc text-vb"}>{index === 0 ? "A" : "B"}</strong>{" "}
            {index === 0 ? nameA : nameB}
          </p>
          {task && <TaskProgress task={task} tone={index === 0 ? "a" : "b"} connected={connected} />}
        </div>
      ))}
    </main>
  );
}
