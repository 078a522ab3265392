import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import type { Decision } from "./marks";

interface MarkButtonsProps {
  /** The difference, for screen readers. */
  readonly of: string;
  readonly decision: Decision;
  readonly onDecide: (decision: Decision) => void;
}

/** What is decided about one difference: looked at, and of no importance. */
export function MarkButtons({ of, decision, onDecide }: MarkButtonsProps) {
  const { reviewed, ignored } = decision;
  return (
    <div className="flex flex-col justify-center border-b border-line pr-1">
      <IconButton
        label={`Reviewed: ${of}`}
        pressed={reviewed}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onDecide({ reviewed: !reviewed, ignored })}
        className="h-6"
      >
        <Icon name="check" size={14} />
      </IconButton>
      <IconButton
        label={`Ignore: ${of}`}
        pressed={ignored}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onDecide({ reviewed, ignored: !ignored })}
        className="h-6"
      >
        <Icon name="ignore" size={14} />
      </IconButton>
    </div>
  );
}
