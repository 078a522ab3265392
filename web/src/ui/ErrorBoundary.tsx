import { Component, type ErrorInfo, type ReactNode } from "react";
import { texts } from "../texts";
import { Button } from "./Button";
import { ProblemNote } from "./ProblemNote";

interface ErrorBoundaryProps {
  /** What is missing when it fails: "The timeline". */
  readonly name: string;
  readonly children: ReactNode;
}

interface Failure {
  readonly failure: Error | undefined;
}

/** Keeps a mistake in one pane from taking the whole page away. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, Failure> {
  override state: Failure = { failure: undefined };

  static getDerivedStateFromError(failure: unknown): Failure {
    return { failure: failure instanceof Error ? failure : new Error(String(failure)) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(`${this.props.name} failed.`, error, info.componentStack);
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    return (
      <div className="p-3">
        <ProblemNote problem={{ message: texts().ui.cannotBeShown(this.props.name), reason: failure.message, retryable: true }}>
          <Button onClick={() => this.setState({ failure: undefined })}>{texts().ui.tryAgain}</Button>
        </ProblemNote>
      </div>
    );
  }
}
