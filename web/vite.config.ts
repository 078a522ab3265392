import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the page itself and passes everything else on to a running SAGE.
const gateway = process.env["SAGE_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: "es2023",
    sourcemap: true,
    assetsInlineLimit: 0,
    // What others wrote changes seldom: browsers keep it over many versions of the page.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "vendor", test: /node_modules/ }] } },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "^/sage\\.": gateway, "/media": gateway },
  },
  test: { include: ["tests/**/*.test.{ts,tsx}"] },
});
