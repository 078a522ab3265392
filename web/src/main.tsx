import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { openLanguage } from "./texts/choice";
import "./styles.css";

/** Draws the page once there are words for it. */
async function open(): Promise<void> {
  const root = document.getElementById("root");
  if (!root) throw new Error("The page has no root element.");
  await openLanguage();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

// A catalogue of its own imports parts of this file: an await out here would wait for itself.
void open();
