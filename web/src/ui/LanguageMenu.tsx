import { useTexts } from "../texts/useTexts";
import { Button } from "./Button";
import { Icon } from "./Icon";
import { useLanguageItems } from "./languages";
import { Menu } from "./Menu";

/** The choice of a language, for those who have no menu of their own. */
export function LanguageMenu() {
  const t = useTexts().app;
  const items = useLanguageItems();
  return (
    <Menu
      trigger={
        <Button look="quiet" aria-label={t.language} title={t.language}>
          <Icon name="globe" />
        </Button>
      }
      items={items}
    />
  );
}
