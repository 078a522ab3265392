import { useReadOnly } from "../session/useReadOnly";
import { useTexts } from "../texts/useTexts";
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
  const t = useTexts().review.marks;
  const { reviewed, ignored } = decision;
  const readOnly = useReadOnly();
  return (
    <div className="flex flex-col justify-center border-b border-line pr-1">
      <IconButton
        label={t.reviewed(of)}
        pressed={reviewed}
        disabled={readOnly}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onDecide({ reviewed: !reviewed, ignored })}
        className="h-6"
      >
        <Icon name="check" size={14} />
      </IconButton>
      <IconButton
        label={t.ignore(of)}
        pressed={ignored}
        disabled={readOnly}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onDecide({ reviewed, ignored: !ignored })}
        className="h-6"
      >
        <Icon name="ignore" size={14} />
      </IconButton>
    </div>
  );
}
