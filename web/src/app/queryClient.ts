import { QueryClient } from '@tanstack/react-query';
import { HttpError } from '../lib/http';

const mayPass = (error: Error) => error instanceof HttpError && (error.status === 0 || error.status === 503 || error.status === 429);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // Only what can pass by itself is tried again, once: a 400 or 404 is an answer, and a person is waiting.
      retry: (failures, error) => failures < 1 && mayPass(error),
      retryDelay: 600,
    },
  },
});
