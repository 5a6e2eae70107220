import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const server = process.env.SALUS_URL ?? 'http://127.0.0.1:8080';
const proxied = ['/fhir/', '/admin/', '/access/', '/oauth/', '/monitoring/', '/telemetry/', '/.well-known/', '/healthz', '/readyz'];

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // The content security policy allows images from data: but no fonts and no inline scripts.
    assetsInlineLimit: 2048,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(proxied.map((path) => [path, { target: server, changeOrigin: false }])),
  },
  test: {
    // Tests that need a document say so in their first line; jsdom costs seconds to start.
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}'],
    env: { TZ: 'UTC' },
    // No test asserts on time; a busy machine is no failure.
    testTimeout: 60_000,
  },
});
