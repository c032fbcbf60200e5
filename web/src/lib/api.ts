/** The typed client of the service and its query helpers. */

import { contract } from 'virtual:watchfloor-contract';
import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { JsonifiedClient } from '@orpc/openapi-client';
import { OpenAPILink } from '@orpc/openapi-client/fetch';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { QueryClient } from '@tanstack/react-query';
import type { Contract } from '../../../src/api/contract/index.ts';
import { problemFetch } from '../../../src/api/contract/problem-fetch.ts';
import { isRefusal, readProblem } from './errors.ts';

export { untilDone } from '../../../src/api/contract/until-done.ts';

const link = new OpenAPILink(contract, {
  url: `${window.location.origin}/api`,
  fetch: problemFetch,
  customErrorResponseBodyDecoder: (body, response) => readProblem(body, response.status),
});

export const client: JsonifiedClient<ContractRouterClient<Contract>> = createORPCClient(link);

export const orpc = createTanstackQueryUtils(client);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // A refusal stays a refusal; only a lost connection is worth a second try.
      retry: (failures, error) => failures < 1 && !isRefusal(error),
    },
  },
});
